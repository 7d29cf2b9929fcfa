package org.migrationharness.standin.ccma.gateway;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import org.migrationharness.standin.ccma.platform.CreatedMigration;

/** What a listener is told about its migration: what the cloud answered when it created the migration. */
public final class PlatformMigrationDetails {
    private PlatformMigrationDetails() {
    }

    public static MigrationDetailsV1 of(CreatedMigration migration) {
        return filled(new MigrationDetailsV1(), migration);
    }

    /** The same as the second generation has it. */
    public static com.atlassian.migration.app.tracker.MigrationDetailsV1 forTracker(MigrationDetailsV1 details) {
        var copy = new com.atlassian.migration.app.tracker.MigrationDetailsV1();
        copy.setMigrationId(details.getMigrationId());
        copy.setMigrationScopeId(details.getMigrationScopeId());
        copy.setName(details.getName());
        copy.setCreatedAt(details.getCreatedAt());
        copy.setCloudUrl(details.getCloudUrl());
        copy.setConfluenceClientKey(details.getConfluenceClientKey());
        copy.setJiraClientKey(details.getJiraClientKey());
        return copy;
    }

    private static MigrationDetailsV1 filled(MigrationDetailsV1 details, CreatedMigration migration) {
        details.setMigrationId(migration.migrationId());
        details.setMigrationScopeId(migration.migrationScopeId());
        details.setName(migration.name());
        details.setCreatedAt(migration.createdAt());
        details.setCloudUrl(migration.site().url());
        details.setConfluenceClientKey(migration.site().confluenceClientKey());
        details.setJiraClientKey(migration.site().jiraClientKey());
        return details;
    }
}
