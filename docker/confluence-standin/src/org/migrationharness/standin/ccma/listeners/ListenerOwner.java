package org.migrationharness.standin.ccma.listeners;

/**
 * The plugin that a listener belongs to.
 *
 * @param pluginKey the plugin's key in UPM
 * @param appName the name that admins see
 * @param bundleName the name of its bundle, which is its server key where it gives none
 */
public record ListenerOwner(String pluginKey, String appName, String bundleName) {
}
