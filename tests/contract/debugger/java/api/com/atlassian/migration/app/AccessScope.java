package com.atlassian.migration.app;

/** Two of the documented scopes. */
public enum AccessScope {
    APP_DATA_OTHER,
    MIGRATION_TRACING_IDENTITY
}
