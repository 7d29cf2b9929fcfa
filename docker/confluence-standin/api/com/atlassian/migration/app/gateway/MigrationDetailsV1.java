package com.atlassian.migration.app.gateway;

/**
 * What a listener is told about its migration. It is a class with a public constructor without arguments, since
 * apps make one in their tests; an app that was compiled to it fails to link with an interface of this name.
 */
public class MigrationDetailsV1 {
    private String migrationId;
    private String migrationScopeId;
    private String name;
    private long createdAt;
    private String cloudUrl;
    private String confluenceClientKey;
    private String jiraClientKey;

    public String getMigrationId() {
        return migrationId;
    }

    public void setMigrationId(String migrationId) {
        this.migrationId = migrationId;
    }

    /** Identifies the pair of server and site; mappings belong to it. */
    public String getMigrationScopeId() {
        return migrationScopeId;
    }

    public void setMigrationScopeId(String migrationScopeId) {
        this.migrationScopeId = migrationScopeId;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    /** Epoch milliseconds. Whether it is {@code long} or {@code Long} is not published. */
    public long getCreatedAt() {
        return createdAt;
    }

    public void setCreatedAt(long createdAt) {
        this.createdAt = createdAt;
    }

    public String getCloudUrl() {
        return cloudUrl;
    }

    public void setCloudUrl(String cloudUrl) {
        this.cloudUrl = cloudUrl;
    }

    public String getConfluenceClientKey() {
        return confluenceClientKey;
    }

    public void setConfluenceClientKey(String confluenceClientKey) {
        this.confluenceClientKey = confluenceClientKey;
    }

    /** Null when only Confluence is migrated. */
    public String getJiraClientKey() {
        return jiraClientKey;
    }

    public void setJiraClientKey(String jiraClientKey) {
        this.jiraClientKey = jiraClientKey;
    }
}
