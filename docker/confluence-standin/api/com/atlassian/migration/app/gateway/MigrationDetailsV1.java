package com.atlassian.migration.app.gateway;

/** What a listener is told about the migration it takes part in. */
public interface MigrationDetailsV1 {
    String getMigrationId();

    /** Names the pair of server and site; mappings hang on it. */
    String getMigrationScopeId();

    String getName();

    /** Epoch milliseconds. */
    long getCreatedAt();

    String getCloudUrl();

    String getConfluenceClientKey();

    /** Null on a Confluence that migrates alone. */
    String getJiraClientKey();
}
