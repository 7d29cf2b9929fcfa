package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import com.atlassian.migration.app.listener.DiscoverableListener;
import com.atlassian.migration.app.listener.RerunnableDiscoverableListener;
import java.util.List;

/** A listener of the current generation, which receives the gateway with each call. */
record DiscoverableListenerAdapter(
        DiscoverableListener service, ListenerOwner owner, AppCloudMigrationGateway gateway)
        implements AppListener {
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
        service.onStartAppMigration(gateway, transferId, details);
    }

    @Override
    public void rerun(String originalTransferId, String transferId, MigrationDetailsV1 details) {
        if (service instanceof RerunnableDiscoverableListener rerunnable) {
            rerunnable.onRerunAppMigration(gateway, originalTransferId, transferId, details);
        } else {
            start(transferId, details);
        }
    }
}
