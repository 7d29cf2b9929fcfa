package com.atlassian.migration.app;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.Set;

/**
 * First generation (OSGi library, 2021): the app imports {@code com.atlassian.migration.app.*}, exports this as
 * an OSGi service, and gets the gateway as an OSGi service too.
 */
public interface AppCloudMigrationListenerV1 {
    void onStartAppMigration(String transferId, MigrationDetailsV1 details);

    String getCloudAppKey();

    String getServerAppKey();

    Set<AccessScope> getDataAccessScopes();
}
