package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.Decision;
import org.migrationharness.standin.ccma.apps.InstalledApp;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.plans.PreMigrationChecks;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;

/** "Assess your apps" and "Prepare your apps". */
public final class AssessmentPages {
    private static final String HOME = "/plugins/servlet/ial/migration/home";
    private static final String ASSESS = "/plugins/servlet/ial/migration/assess";
    private static final String PREPARE = "/plugins/servlet/ial/migration/prepare";

    private final InstalledApps apps;
    private final Assessment assessment;
    private final PreMigrationChecks checks;

    public AssessmentPages(InstalledApps apps, Assessment assessment, PreMigrationChecks checks) {
        this.apps = apps;
        this.assessment = assessment;
        this.checks = checks;
    }

    /** An app on either page. */
    public record ListedApp(InstalledApp app, Decision decision, boolean agreed, boolean installedInCloud) {
    }

    public void addTo(Routes routes) {
        routes.get(ASSESS, Access.SECURE_ADMIN, exchange -> assess(exchange, ""))
                .post(ASSESS, Access.SECURE_ADMIN, this::decide)
                .get(PREPARE, Access.SECURE_ADMIN, this::prepare)
                .post(PREPARE, Access.SECURE_ADMIN, this::agree)
                .get("/rest/migration/latest/app", Access.ADMIN, this::list);
    }

    /** Share of the apps that are decided about, in percent; 100 without apps. */
    int percentDone() {
        List<InstalledApp> all = apps.all();
        long decided = all.stream()
                .filter(app -> assessment.decision(app.serverAppKey()) != Decision.NONE)
                .count();
        return all.isEmpty() ? 100 : (int) (100 * decided / all.size());
    }

    private void assess(Exchange exchange, String error) throws IOException {
        exchange.page("assess", Map.of("apps", apps.all().stream().map(this::shown).toList(),
                "decisions", Decision.values(), "percent", percentDone(), "error", error));
    }

    private void decide(Exchange exchange) throws IOException {
        for (InstalledApp app : apps.all()) {
            if (exchange.has("decision-" + app.serverAppKey())) {
                assessment.decide(app.serverAppKey(),
                        Decision.named(exchange.param("decision-" + app.serverAppKey())));
            }
        }
        if (percentDone() < 100) {
            assess(exchange, "Every app needs a decision.");
        } else {
            exchange.redirect(HOME);
        }
    }

    private void prepare(Exchange exchange) throws IOException {
        exchange.page("prepare", Map.of("apps", checks.needed().stream().map(this::shown).toList()));
    }

    private void agree(Exchange exchange) {
        for (InstalledApp app : checks.needed()) {
            assessment.agree(app.serverAppKey(), exchange.has("agree-" + app.serverAppKey()));
        }
        exchange.redirect(HOME);
    }

    private ListedApp shown(InstalledApp app) {
        return new ListedApp(app, assessment.decision(app.serverAppKey()),
                assessment.isAgreed(app.serverAppKey()), checks.isInstalledInCloud(app));
    }

    /** The members {@code hasCloudVersion} and {@code appStatus} are known; the rest of the shape is ours. */
    private void list(Exchange exchange) throws IOException {
        List<Map<String, Object>> all = apps.all().stream().map(app -> Map.<String, Object>of(
                "key", app.serverAppKey(),
                "name", app.name(),
                "version", app.version(),
                "hasCloudVersion", checks.isInstalledInCloud(app),
                "hasListener", app.hasListener(),
                "decision", assessment.decision(app.serverAppKey()).name(),
                "consent", assessment.isAgreed(app.serverAppKey()))).toList();
        exchange.json(200, Map.of("appStatus", checks.needed().isEmpty() ? "NO_APPS" : "APPS", "apps", all));
    }
}
