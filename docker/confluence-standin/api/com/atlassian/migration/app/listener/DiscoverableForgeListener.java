package com.atlassian.migration.app.listener;

import com.atlassian.migration.app.AccessScope;
import com.atlassian.migration.app.ForgeEnvironmentName;
import com.atlassian.migration.app.gateway.AppCloudForgeMigrationGateway;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.Set;
import java.util.UUID;

/** The listener of an app whose cloud half is on Forge. */
public interface DiscoverableForgeListener {
    void onStartAppMigration(AppCloudForgeMigrationGateway gateway, MigrationDetailsV1 details);

    UUID getForgeAppId();

    default String getForgeEnvironmentName() {
        return ForgeEnvironmentName.DEVELOPMENT;
    }

    String getCloudAppKey();

    /** As {@link DiscoverableListener#getServerAppKey()}. */
    default String getServerAppKey() {
        return null;
    }

    Set<AccessScope> getDataAccessScopes();
}
