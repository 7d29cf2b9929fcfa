package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import com.atlassian.migration.app.tracker.CloudMigrationListenerV1;
import java.util.List;
import org.migrationharness.standin.ccma.gateway.PlatformMigrationDetails;

/** A listener of the second generation. */
record TrackerListenerAdapter(CloudMigrationListenerV1 service, ListenerOwner owner) implements AppListener {
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
        service.onStartAppMigration(transferId, PlatformMigrationDetails.forTracker(details));
    }

    @Override
    public boolean canBeRerun() {
        return false;
    }
}
