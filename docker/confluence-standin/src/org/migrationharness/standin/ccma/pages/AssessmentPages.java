package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.CloudApps;
import org.migrationharness.standin.ccma.apps.Decision;
import org.migrationharness.standin.ccma.apps.InstalledApp;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;

/** "Assess your apps" and "Prepare your apps". */
public final class AssessmentPages {
    private static final String ASSESS = "/plugins/servlet/ial/migration/assess";
    private static final String PREPARE = "/plugins/servlet/ial/migration/prepare";

    private final InstalledApps apps;
    private final Assessment assessment;
    private final CloudApps cloudApps;

    public AssessmentPages(InstalledApps apps, Assessment assessment, CloudApps cloudApps) {
        this.apps = apps;
        this.assessment = assessment;
        this.cloudApps = cloudApps;
    }

    /** An app as both pages list it. */
    public record ListedApp(InstalledApp app, Decision decision, boolean consent, boolean installedInCloud) {
    }

    public void addTo(Routes routes) {
        routes.get(ASSESS, Access.SECURE_ADMIN, exchange -> assess(exchange, ""))
                .post(ASSESS, Access.SECURE_ADMIN, this::saveDecisions)
                .get(PREPARE, Access.SECURE_ADMIN, this::prepare)
                .post(PREPARE, Access.SECURE_ADMIN, this::saveConsents);
    }

    /** The share of the apps that have a decision, in percent; 100 when there are no apps. */
    int percentDone() {
        List<InstalledApp> all = apps.all();
        return all.isEmpty() ? 100 : 100 * (all.size() - assessment.undecided(all)) / all.size();
    }

    private void assess(Exchange exchange, String error) throws IOException {
        exchange.page("assess", Map.of("apps", listed(apps.all()),
                "decisions", Decision.values(), "percent", percentDone(), "error", error));
    }

    private void saveDecisions(Exchange exchange) throws IOException {
        for (InstalledApp app : apps.all()) {
            String field = "decision-" + app.serverAppKey();
            if (exchange.has(field)) {
                assessment.setDecision(app.serverAppKey(), Decision.named(exchange.param(field)));
            }
        }
        if (percentDone() < 100) {
            assess(exchange, "Every app needs a decision.");
        } else {
            exchange.redirect(MigrationAddresses.HOME);
        }
    }

    private void prepare(Exchange exchange) throws IOException {
        exchange.page("prepare", Map.of("apps", listed(assessment.needed(apps.all()))));
    }

    private void saveConsents(Exchange exchange) {
        for (InstalledApp app : assessment.needed(apps.all())) {
            assessment.setConsent(app.serverAppKey(), exchange.has("agree-" + app.serverAppKey()));
        }
        exchange.redirect(MigrationAddresses.HOME);
    }

    private List<ListedApp> listed(List<InstalledApp> some) {
        return some.stream()
                .map(app -> new ListedApp(app, assessment.decision(app.serverAppKey()),
                        assessment.hasConsent(app.serverAppKey()), cloudApps.isInstalled(app)))
                .toList();
    }
}
