package org.migrationharness.standin.ccma.listeners;

/** The three generations of the listener library for server apps. */
public enum ListenerGeneration {
    OSGI("com.atlassian.migration.app.AppCloudMigrationListenerV1"),
    TRACKER("com.atlassian.migration.app.CloudMigrationListenerV1"),
    DISCOVERABLE("com.atlassian.migration.app.listener.DiscoverableListener");

    private final String interfaceName;

    ListenerGeneration(String interfaceName) {
        this.interfaceName = interfaceName;
    }

    /** The interface that the OSGi service is registered under. */
    public String interfaceName() {
        return interfaceName;
    }
}
