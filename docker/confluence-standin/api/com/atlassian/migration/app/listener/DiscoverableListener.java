package com.atlassian.migration.app.listener;

import com.atlassian.migration.app.AccessScope;
import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.Set;

/** Current generation (since November 2021): a plain OSGi service that receives the gateway with each call. */
public interface DiscoverableListener {
    void onStartAppMigration(AppCloudMigrationGateway gateway, String transferId, MigrationDetailsV1 details);

    String getCloudAppKey();

    /** May be left out when the server app's key is the name of its OSGi bundle, which null stands for here. */
    default String getServerAppKey() {
        return null;
    }

    Set<AccessScope> getDataAccessScopes();
}
