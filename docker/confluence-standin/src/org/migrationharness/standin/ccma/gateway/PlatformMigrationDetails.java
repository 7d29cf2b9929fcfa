package org.migrationharness.standin.ccma.gateway;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import org.migrationharness.standin.ccma.platform.CreatedMigration;

/** What a listener is told about its migration: what the cloud answered when it created the migration. */
public record PlatformMigrationDetails(CreatedMigration migration) implements MigrationDetailsV1 {
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
        return migration.site().url();
    }

    @Override
    public String getConfluenceClientKey() {
        return migration.site().confluenceClientKey();
    }

    @Override
    public String getJiraClientKey() {
        return migration.site().jiraClientKey();
    }
}
