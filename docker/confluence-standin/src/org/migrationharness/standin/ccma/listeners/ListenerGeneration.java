package org.migrationharness.standin.ccma.listeners;

import java.util.List;

/** The generations of the listener library for server apps. */
public enum ListenerGeneration {
    /** First: exported as a service under the assistant's own class. */
    OSGI("com.atlassian.migration.app.AppCloudMigrationListenerV1"),
    /** Second: registers itself. */
    TRACKER,
    /** Current, for Connect: exported under either name. */
    DISCOVERABLE(
            "com.atlassian.migration.app.listener.DiscoverableListener",
            "com.atlassian.migration.app.listener.RerunnableDiscoverableListener"),
    /** Current, for Forge. */
    FORGE("com.atlassian.migration.app.listener.DiscoverableForgeListener");

    private final List<String> interfaces;

    ListenerGeneration(String... interfaces) {
        this.interfaces = List.of(interfaces);
    }

    /** The interfaces that its OSGi services are registered under. */
    public List<String> interfaces() {
        return interfaces;
    }
}
