package com.atlassian.migration.app;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.Set;

/**
 * Second generation (tracker library): like the first, but the app imports the package with
 * {@code DynamicImport-Package}, so that it also starts when the assistant is not installed.
 */
public interface CloudMigrationListenerV1 {
    void onStartAppMigration(String transferId, MigrationDetailsV1 details);

    String getCloudAppKey();

    String getServerAppKey();

    Set<AccessScope> getDataAccessScopes();
}
