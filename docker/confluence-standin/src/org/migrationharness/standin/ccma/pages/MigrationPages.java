package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.migrationharness.standin.ccma.migration.MigrationRunner;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/** The dashboard and a plan's page. The assistant's two published addresses conflict; both lead home. */
public final class MigrationPages {
    private static final String HOME = "/plugins/servlet/ial/migration/home";
    private static final String PLAN = "/plugins/servlet/ial/migration/plan";

    private final Plans plans;
    private final Flags flags;
    private final Profile profile;
    private final MigrationRunner runner;
    private final AssessmentPages assessment;
    private final ProgressLog log;

    public MigrationPages(
            Plans plans, Flags flags, Profile profile, MigrationRunner runner, AssessmentPages assessment,
            ProgressLog log) {
        this.plans = plans;
        this.flags = flags;
        this.profile = profile;
        this.runner = runner;
        this.assessment = assessment;
        this.log = log;
    }

    public void addTo(Routes routes) {
        routes.get("/admin/migration.action", Access.SECURE_ADMIN, this::home)
                .get(HOME, Access.SECURE_ADMIN, this::home)
                .get(PLAN, Access.SECURE_ADMIN, this::plan)
                .post(PLAN + "/run", Access.SECURE_ADMIN, this::run)
                .post(PLAN + "/stop", Access.SECURE_ADMIN, this::stop)
                .post(PLAN + "/delete", Access.SECURE_ADMIN, this::delete);
        if (profile.progressLogs()) {
            routes.get(PLAN + "/logs", Access.SECURE_ADMIN, exchange -> log.send(exchange, find(exchange)));
        }
    }

    private void home(Exchange exchange) throws IOException {
        exchange.page("home", Map.of("plans", plans.all(), "assessed", assessment.percentDone()));
    }

    private void plan(Exchange exchange) throws IOException {
        Plan plan = find(exchange);
        Map<String, Object> model = new HashMap<>();
        model.put("plan", plan);
        model.put("appMigration", flags.appMigration());
        model.put("logs", profile.progressLogs() && !plan.migrations().isEmpty());
        exchange.page("plan", model);
    }

    private void run(Exchange exchange) {
        Plan plan = find(exchange);
        runner.run(plan.id());
        exchange.redirect(PLAN + "?planId=" + plan.id());
    }

    private void stop(Exchange exchange) {
        Plan plan = find(exchange);
        runner.stop(plan);
        exchange.redirect(PLAN + "?planId=" + plan.id());
    }

    private void delete(Exchange exchange) {
        plans.remove(find(exchange).id());
        exchange.redirect(HOME);
    }

    private Plan find(Exchange exchange) {
        return plans.find(exchange.param("planId"))
                .orElseThrow(() -> new HttpProblem(404, "There is no such migration plan"));
    }
}
