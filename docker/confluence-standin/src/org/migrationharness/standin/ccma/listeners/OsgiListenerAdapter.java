package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.List;

/** A listener of the first generation, registered as an OSGi service. */
record OsgiListenerAdapter(AppCloudMigrationListenerV1 service, ListenerOwner owner) implements AppListener {
    @Override
    public String serverAppKey() {
        return ServerKey.of(service::getServerAppKey, owner);
    }

    @Override
    public String cloudAppKey() {
        return service.getCloudAppKey();
    }

    @Override
    public List<String> dataAccessScopes() {
        return DataAccessScopes.names(service.getDataAccessScopes());
    }

    @Override
    public void start(String transferId, MigrationDetailsV1 details) {
        service.onStartAppMigration(transferId, details);
    }

    @Override
    public boolean canBeRerun() {
        return false;
    }
}
