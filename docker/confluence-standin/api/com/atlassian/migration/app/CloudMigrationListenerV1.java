package com.atlassian.migration.app;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.Set;

/**
 * Second generation (tracker library): like the first, but the app takes the package by
 * {@code DynamicImport-Package} so that it starts while the assistant is absent.
 */
public interface CloudMigrationListenerV1 {
    void onStartAppMigration(String transferId, MigrationDetailsV1 details);

    String getCloudAppKey();

    String getServerAppKey();

    Set<AccessScope> getDataAccessScopes();
}
