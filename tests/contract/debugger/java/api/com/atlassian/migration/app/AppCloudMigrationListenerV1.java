package com.atlassian.migration.app;

import java.util.Set;

/** The shape of the first generation's listener interface, as its documentation tells it. */
public interface AppCloudMigrationListenerV1 {
    void onStartAppMigration(String transferId, Object details);

    String getCloudAppKey();

    String getServerAppKey();

    Set<AccessScope> getDataAccessScopes();
}
