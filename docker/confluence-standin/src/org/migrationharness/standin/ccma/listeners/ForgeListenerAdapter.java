package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import com.atlassian.migration.app.listener.DiscoverableForgeListener;
import java.util.List;
import org.migrationharness.standin.ccma.gateway.ForgeGateway;
import org.migrationharness.standin.ccma.gateway.PlatformGateway;

/** A listener whose cloud half is a Forge app; its gateway belongs to the transfer. */
record ForgeListenerAdapter(DiscoverableForgeListener service, ListenerOwner owner, PlatformGateway gateway)
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
        service.onStartAppMigration(new ForgeGateway(gateway, transferId), details);
    }

    @Override
    public String forgeEnvironment() {
        return service.getForgeEnvironmentName();
    }

    @Override
    public boolean isForge() {
        return true;
    }
}
