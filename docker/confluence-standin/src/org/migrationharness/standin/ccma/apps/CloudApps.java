package org.migrationharness.standin.ccma.apps;

import org.migrationharness.standin.ccma.listeners.AppListener;
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
            return app.cloudAppKey() != null && platform.installedKind(app.cloudAppKey()) != null;
        } catch (PlatformException e) {
            return false;
        }
    }

    /** Whether an app is installed under a listener's cloud key that is of the listener's type, Connect or Forge. */
    public boolean hasTypeOf(AppListener listener) {
        try {
            return (listener.isForge() ? "forge" : "connect").equals(platform.installedKind(listener.cloudAppKey()));
        } catch (PlatformException e) {
            return false;
        }
    }
}
