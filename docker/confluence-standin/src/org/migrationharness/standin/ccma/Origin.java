package org.migrationharness.standin.ccma;

/**
 * The plugin that a listener belongs to.
 *
 * @param pluginKey its key in UPM
 * @param appName what admins know it by
 */
record Origin(String pluginKey, String appName) {
}
