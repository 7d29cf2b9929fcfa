package com.atlassian.migration.app.tracker;

/** The kinds of data that an app's migration may access; the admin consents to them in the assistant. */
public enum AccessScope {
    APP_DATA_UGC,
    APP_DATA_PII,
    APP_DATA_SECURITY,
    APP_DATA_OTHER,
    PRODUCT_DATA_UGC,
    PRODUCT_DATA_PII,
    PRODUCT_DATA_SECURITY,
    PRODUCT_DATA_OTHER,
    MIGRATION_TRACING_IDENTITY,
    MIGRATION_TRACING_PRODUCT
}
