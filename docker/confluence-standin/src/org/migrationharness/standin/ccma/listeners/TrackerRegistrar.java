package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.tracker.AppCloudMigrationGateway;
import com.atlassian.migration.app.tracker.CloudMigrationAccessor;
import com.atlassian.migration.app.tracker.CloudMigrationListenerV1;
import java.util.LinkedHashMap;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The listeners of the second generation, which register themselves. */
public final class TrackerRegistrar implements CloudMigrationAccessor.Registrar {
    private final AppCloudMigrationGateway gateway;
    private final Map<CloudMigrationListenerV1, Bundle> registered = new LinkedHashMap<>();

    public TrackerRegistrar(AppCloudMigrationGateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public synchronized void register(BundleContext app, CloudMigrationListenerV1 listener) {
        registered.put(listener, app.getBundle());
    }

    @Override
    public synchronized void deregister(CloudMigrationListenerV1 listener) {
        registered.remove(listener);
    }

    @Override
    public AppCloudMigrationGateway gateway() {
        return gateway;
    }

    /** Those whose bundle is still there. */
    synchronized Map<CloudMigrationListenerV1, Bundle> all() {
        registered.values().removeIf(bundle -> bundle.getState() == Bundle.UNINSTALLED);
        return new LinkedHashMap<>(registered);
    }
}
