package com.atlassian.migration.app.listener;

import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;

/** A listener that can be run again for a migration that failed. The order of the parameters is inferred. */
public interface RerunnableDiscoverableListener extends DiscoverableListener {
    void onRerunAppMigration(
            AppCloudMigrationGateway gateway,
            String originalTransferId,
            String reRunTransferId,
            MigrationDetailsV1 details);
}
