package com.atlassian.migration.app;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.Set;

/**
 * First generation (OSGi library, 2021): the app imports {@code com.atlassian.migration.app.*}, exports
 * this as an OSGi service and takes the gateway as a service of its own.
 */
public interface AppCloudMigrationListenerV1 {
    void onStartAppMigration(String transferId, MigrationDetailsV1 details);

    String getCloudAppKey();

    String getServerAppKey();

    Set<AccessScope> getDataAccessScopes();
}
