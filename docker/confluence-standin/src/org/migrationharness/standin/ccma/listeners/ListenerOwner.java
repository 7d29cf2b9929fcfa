package org.migrationharness.standin.ccma.listeners;

/**
 * The plugin that a listener belongs to.
 *
 * @param pluginKey its key in UPM
 * @param appName what admins know it by
 */
public record ListenerOwner(String pluginKey, String appName) {
}
