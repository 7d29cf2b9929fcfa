package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.Map;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/**
 * The assistant's pages as a script draws them: the server sends an empty frame, the same for every page, and
 * {@code static/assistant.js} fills it over {@link org.migrationharness.standin.ccma.rest.PlanRest}. So a plan
 * that does not exist has a page too, which says so.
 */
public final class ScriptedPages {
    private final Plans plans;
    private final ProgressLog log;
    private final Profile profile;
    private final PageSettings settings;

    public ScriptedPages(Plans plans, ProgressLog log, Profile profile, PageSettings settings) {
        this.plans = plans;
        this.log = log;
        this.profile = profile;
        this.settings = settings;
    }

    public void addTo(Routes routes) {
        routes.get("/admin/migration.action", Access.SECURE_ADMIN, exchange -> frame(exchange, "home"))
                .get(MigrationAddresses.HOME, Access.SECURE_ADMIN, exchange -> frame(exchange, "home"))
                .get(MigrationAddresses.CREATE, Access.SECURE_ADMIN, exchange -> frame(exchange, "create"))
                .get(MigrationAddresses.PLAN, Access.SECURE_ADMIN, exchange -> frame(exchange, "plan"));
        if (profile.has(Capability.PROGRESS_LOGS)) {
            routes.get(MigrationAddresses.PLAN + "/logs", Access.SECURE_ADMIN, this::sendLog);
        }
    }

    private void frame(Exchange exchange, String page) throws IOException {
        exchange.page("assistant", Map.of("page", page, "delay", settings.delayMillis()));
    }

    private void sendLog(Exchange exchange) throws IOException {
        log.send(exchange, plans.find(exchange.param("planId"))
                .orElseThrow(() -> new HttpProblem(404, "There is no such migration plan")));
    }
}
