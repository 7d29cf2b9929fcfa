package org.migrationharness.standin.ccma.rows;

import org.migrationharness.standin.ccma.apps.InstalledApp;

/**
 * The row of one app in a migration: what the last poll found, not what the cloud knows now. Its members are
 * flat because they are stored so in the home.
 *
 * @param containerId the container that the row belongs to
 * @param serverAppKey the listener's server key
 * @param cloudAppKey the listener's cloud key, or null when it has none
 * @param appName the name that admins see
 * @param status the row's status
 * @param percent from 0 to 100, or null before there is progress
 * @param message what the cloud app said last, or null
 * @param lastUpdatedAt epoch milliseconds of the last update, or 0
 */
public record AppRow(
        String containerId,
        String serverAppKey,
        String cloudAppKey,
        String appName,
        RowStatus status,
        Integer percent,
        String message,
        long lastUpdatedAt) {

    /** The row of an app whose migration has not begun. */
    public static AppRow ready(String containerId, InstalledApp app) {
        return new AppRow(containerId, app.serverAppKey(), app.cloudAppKey(), app.name(),
                RowStatus.READY, null, null, 0);
    }

    public AppRow with(RowUpdate update) {
        return new AppRow(containerId, serverAppKey, cloudAppKey, appName, update.status(), update.percent(),
                update.message(), update.at());
    }
}
