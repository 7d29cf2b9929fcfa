package org.migrationharness.standin.ccma.rest;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.CloudApps;
import org.migrationharness.standin.ccma.apps.InstalledApp;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;

/**
 * The installed apps as the assistant sees them. The members {@code hasCloudVersion} and {@code appStatus} are
 * known; the rest of the shape is ours.
 */
public final class AppListRest {
    private final InstalledApps apps;
    private final Assessment assessment;
    private final CloudApps cloudApps;

    public AppListRest(InstalledApps apps, Assessment assessment, CloudApps cloudApps) {
        this.apps = apps;
        this.assessment = assessment;
        this.cloudApps = cloudApps;
    }

    public void addTo(Routes routes) {
        routes.get("/rest/migration/latest/app", Access.ADMIN, this::list);
    }

    private void list(Exchange exchange) throws IOException {
        List<InstalledApp> all = apps.all();
        exchange.json(200, Map.of(
                "appStatus", assessment.needed(all).isEmpty() ? "NO_APPS" : "APPS",
                "apps", all.stream().map(this::json).toList()));
    }

    private Map<String, Object> json(InstalledApp app) {
        return Map.of(
                "key", app.serverAppKey(),
                "name", app.name(),
                "version", app.version(),
                "hasCloudVersion", cloudApps.isInstalled(app),
                "hasListener", app.hasListener(),
                "decision", assessment.decision(app.serverAppKey()).name(),
                "consent", assessment.hasConsent(app.serverAppKey()));
    }
}
