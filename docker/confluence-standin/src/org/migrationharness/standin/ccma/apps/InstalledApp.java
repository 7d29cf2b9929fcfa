package org.migrationharness.standin.ccma.apps;

import java.util.List;
import org.migrationharness.standin.ccma.listeners.AppListener;

/**
 * An installed app as the assistant sees it.
 *
 * @param serverAppKey its listener's server key, or the plugin key when no listener is visible
 * @param name the name that admins see
 * @param version the plugin's version
 * @param listener null when none is visible via OSGi
 */
public record InstalledApp(String serverAppKey, String name, String version, AppListener listener) {
    /** Null when there is no listener, or when the listener has no cloud key. */
    public String cloudAppKey() {
        return listener == null ? null : listener.cloudAppKey();
    }

    /** The data that its listener asks to access. */
    public List<String> scopes() {
        return listener == null ? List.of() : listener.dataAccessScopes();
    }

    public boolean hasListener() {
        return listener != null;
    }
}
