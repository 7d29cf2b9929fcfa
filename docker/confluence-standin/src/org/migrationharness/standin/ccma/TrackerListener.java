package org.migrationharness.standin.ccma;

import com.atlassian.migration.app.CloudMigrationListenerV1;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.List;

/** The second generation. */
record TrackerListener(CloudMigrationListenerV1 service, Origin origin) implements AppListener {
    @Override
    public String serverAppKey() {
        return service.getServerAppKey();
    }

    @Override
    public String cloudAppKey() {
        return service.getCloudAppKey();
    }

    @Override
    public List<String> dataAccessScopes() {
        return OsgiListener.names(service.getDataAccessScopes());
    }

    @Override
    public void start(String transferId, MigrationDetailsV1 details) {
        service.onStartAppMigration(transferId, details);
    }
}
