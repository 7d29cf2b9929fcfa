package org.migrationharness.standin.ccma.apps;

import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;

/** The apps that are installed on the cloud site. */
public final class CloudApps {
    private final PlatformClient platform;

    public CloudApps(PlatformClient platform) {
        this.platform = platform;
    }

    /** Whether the cloud app of {@code app} is installed; false when the cloud does not answer. */
    public boolean isInstalled(InstalledApp app) {
        try {
            return app.cloudAppKey() != null && platform.isInstalled(app.cloudAppKey());
        } catch (PlatformException e) {
            return false;
        }
    }
}
