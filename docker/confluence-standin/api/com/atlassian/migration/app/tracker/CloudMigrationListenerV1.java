package com.atlassian.migration.app.tracker;

import java.util.Set;

/** Second generation (tracker library): registers itself with {@link CloudMigrationAccessor}. */
public interface CloudMigrationListenerV1 {
    void onStartAppMigration(String transferId, MigrationDetailsV1 details);

    /** The assistant has taken the listener. */
    void onRegistrationAccepted();

    /** The assistant has gone. */
    void onRegistrarRemoved();

    String getCloudAppKey();

    String getServerAppKey();

    Set<AccessScope> getDataAccessScopes();
}
