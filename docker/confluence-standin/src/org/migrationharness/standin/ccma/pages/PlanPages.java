package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.migrationharness.standin.ccma.migration.AppActions;
import org.migrationharness.standin.ccma.migration.MigrationRunner;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/** A plan's page, and its buttons: run, stop, delete, view logs. */
public final class PlanPages {
    private final Plans plans;
    private final MigrationRunner runner;
    private final ProgressLog log;
    private final Profile profile;
    private final Flags flags;
    private final AppActions actions;

    public PlanPages(Plans plans, MigrationRunner runner, ProgressLog log, Profile profile, Flags flags) {
        actions = new AppActions(runner, profile);
        this.plans = plans;
        this.runner = runner;
        this.log = log;
        this.profile = profile;
        this.flags = flags;
    }

    public void addTo(Routes routes) {
        routes.get(MigrationAddresses.PLAN, Access.SECURE_ADMIN, this::show)
                .post(MigrationAddresses.PLAN + "/run", Access.SECURE_ADMIN, this::run)
                .post(MigrationAddresses.PLAN + "/stop", Access.SECURE_ADMIN, this::stop)
                .post(MigrationAddresses.PLAN + "/delete", Access.SECURE_ADMIN, this::delete);
        if (actions.any()) {
            routes.post(MigrationAddresses.PLAN + "/cancel-app", Access.SECURE_ADMIN, this::cancelApp)
                    .post(MigrationAddresses.PLAN + "/rerun-app", Access.SECURE_ADMIN, this::rerunApp);
        }
        if (profile.has(Capability.PROGRESS_LOGS)) {
            routes.get(MigrationAddresses.PLAN + "/logs", Access.SECURE_ADMIN,
                    exchange -> log.send(exchange, find(exchange)));
        }
    }

    private void show(Exchange exchange) throws IOException {
        Plan plan = find(exchange);
        Map<String, Object> model = new HashMap<>();
        model.put("plan", plan);
        model.put("appMigration", flags.appMigration());
        model.put("actions", actions.any());
        model.put("cancellable", actions.cancellable(plan));
        model.put("rerunnable", actions.rerunnable(plan));
        model.put("logs", profile.has(Capability.PROGRESS_LOGS) && !plan.migrations().isEmpty());
        exchange.page("plan", model);
    }

    private void run(Exchange exchange) {
        Plan plan = find(exchange);
        runner.run(plan.id());
        exchange.redirect(MigrationAddresses.plan(plan.id()));
    }

    private void stop(Exchange exchange) {
        Plan plan = find(exchange);
        runner.stop(plan);
        exchange.redirect(MigrationAddresses.plan(plan.id()));
    }

    private void cancelApp(Exchange exchange) {
        Plan plan = find(exchange);
        actions.cancel(plan, exchange.param("serverAppKey"));
        exchange.redirect(MigrationAddresses.plan(plan.id()));
    }

    private void rerunApp(Exchange exchange) {
        Plan plan = find(exchange);
        actions.rerun(plan, exchange.param("serverAppKey"));
        exchange.redirect(MigrationAddresses.plan(plan.id()));
    }

    private void delete(Exchange exchange) {
        plans.remove(find(exchange).id());
        exchange.redirect(MigrationAddresses.HOME);
    }

    private Plan find(Exchange exchange) {
        return plans.find(exchange.param("planId"))
                .orElseThrow(() -> new HttpProblem(404, "There is no such migration plan"));
    }
}
