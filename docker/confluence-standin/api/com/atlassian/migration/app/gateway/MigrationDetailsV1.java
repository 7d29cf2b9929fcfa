package com.atlassian.migration.app.gateway;

/** What a listener is told about its migration. */
public interface MigrationDetailsV1 {
    String getMigrationId();

    /** Identifies the pair of server and site; mappings belong to it. */
    String getMigrationScopeId();

    String getName();

    /** Epoch milliseconds. */
    long getCreatedAt();

    String getCloudUrl();

    String getConfluenceClientKey();

    /** Null when only Confluence is migrated. */
    String getJiraClientKey();
}
