package org.migrationharness.standin.ccma;

/** The three generations of the server-side listener library. */
public enum Generation {
    OSGI("com.atlassian.migration.app.AppCloudMigrationListenerV1"),
    TRACKER("com.atlassian.migration.app.CloudMigrationListenerV1"),
    DISCOVERABLE("com.atlassian.migration.app.listener.DiscoverableListener");

    private final String interfaceName;

    Generation(String interfaceName) {
        this.interfaceName = interfaceName;
    }

    /** The interface that the OSGi service is registered under. */
    public String interfaceName() {
        return interfaceName;
    }
}
