package org.migrationharness.standin.ccma.rows;

import org.migrationharness.standin.ccma.apps.InstalledApp;

/**
 * What is known locally about one app of a migration: the state that was last polled, not the cloud's.
 *
 * @param containerId what the row is kept by
 * @param serverAppKey the listener's server key
 * @param cloudAppKey the listener's cloud key, or null when it names none
 * @param appName what admins know the app by
 * @param status the row's state
 * @param percent progress, or null while there is none
 * @param message what the cloud app said last, or null
 * @param lastUpdatedAt epoch milliseconds of the last news, or 0
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

    public static AppRow ready(String containerId, InstalledApp app) {
        return new AppRow(containerId, app.serverAppKey(), app.cloudAppKey(), app.name(),
                RowStatus.READY, null, null, 0);
    }

    public AppRow with(RowUpdate news) {
        return new AppRow(containerId, serverAppKey, cloudAppKey, appName, news.status(), news.percent(),
                news.message(), news.at());
    }
}
