package org.migrationharness.standin.ccma.apps;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.ccma.listeners.AppListener;
import org.migrationharness.standin.ccma.listeners.ListenerLookup;
import org.migrationharness.standin.upm.Plugin;
import org.migrationharness.standin.upm.Plugins;

/** The installed apps with their listeners, as they are now. */
public final class InstalledApps {
    private final Plugins plugins;
    private final ListenerLookup listeners;

    public InstalledApps(Plugins plugins, ListenerLookup listeners) {
        this.plugins = plugins;
        this.listeners = listeners;
    }

    /** All enabled apps, whether or not their listener is visible. */
    public List<InstalledApp> all() {
        Map<String, AppListener> byPlugin = new HashMap<>();
        listeners.discover().forEach(
                listener -> byPlugin.putIfAbsent(listener.owner().pluginKey(), listener));
        List<InstalledApp> apps = new ArrayList<>();
        for (Plugin plugin : plugins.all()) {
            if (plugins.isActive(plugin)) {
                AppListener listener = byPlugin.get(plugin.key());
                String key = listener == null ? plugin.key() : listener.serverAppKey();
                apps.add(new InstalledApp(
                        key, plugin.descriptor().name(), plugin.descriptor().version(), listener));
            }
        }
        return apps;
    }

    /** The apps that implement a listener: the ones that dev mode includes by itself. */
    public List<InstalledApp> withListener() {
        return all().stream().filter(InstalledApp::hasListener).toList();
    }
}
