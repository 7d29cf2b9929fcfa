package org.migrationharness.standin.ccma.gateway;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import org.migrationharness.standin.ccma.platform.PlatformClient;

/** What a listener is told, from the platform's answer. */
public record MigrationDetails(PlatformClient.NewMigration migration) implements MigrationDetailsV1 {
    @Override
    public String getMigrationId() {
        return migration.migrationId();
    }

    @Override
    public String getMigrationScopeId() {
        return migration.migrationScopeId();
    }

    @Override
    public String getName() {
        return migration.name();
    }

    @Override
    public long getCreatedAt() {
        return migration.createdAt();
    }

    @Override
    public String getCloudUrl() {
        return migration.cloudUrl();
    }

    @Override
    public String getConfluenceClientKey() {
        return migration.confluenceClientKey();
    }

    @Override
    public String getJiraClientKey() {
        return migration.jiraClientKey();
    }
}
