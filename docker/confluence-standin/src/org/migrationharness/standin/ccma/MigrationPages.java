package org.migrationharness.standin.ccma;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/** The assistant's pages. Its two published addresses conflict, so both lead to its home. */
final class MigrationPages {
    private static final String HOME = "/plugins/servlet/ial/migration/home";
    private static final String CREATE = "/plugins/servlet/ial/migration/create";
    private static final String PLAN = "/plugins/servlet/ial/migration/plan";
    private static final int NAME_LIMIT = 255;

    private final Plans plans;
    private final Flags flags;
    private final RowPlanner rowPlanner;
    private final MigrationRunner runner;

    MigrationPages(Plans plans, Flags flags, RowPlanner rowPlanner, MigrationRunner runner) {
        this.plans = plans;
        this.flags = flags;
        this.rowPlanner = rowPlanner;
        this.runner = runner;
    }

    void addTo(Routes routes) {
        routes.get("/admin/migration.action", Access.SECURE_ADMIN, this::home)
                .get(HOME, Access.SECURE_ADMIN, this::home)
                .get(CREATE, Access.SECURE_ADMIN, exchange -> form(exchange, ""))
                .post(CREATE, Access.SECURE_ADMIN, this::create)
                .get(PLAN, Access.SECURE_ADMIN, this::plan)
                .post(PLAN + "/run", Access.SECURE_ADMIN, this::run)
                .post(PLAN + "/delete", Access.SECURE_ADMIN, this::delete);
    }

    private void home(Exchange exchange) throws IOException {
        exchange.page("home", Map.of("plans", plans.all()));
    }

    private static void form(Exchange exchange, String error) throws IOException {
        exchange.page("create", Map.of("name", exchange.param("name"), "error", error));
    }

    private void create(Exchange exchange) throws IOException {
        String name = exchange.param("name").strip();
        if (name.isEmpty() || name.length() > NAME_LIMIT) {
            form(exchange, "Give the migration a name of at most " + NAME_LIMIT + " characters.");
            return;
        }
        String id = UUID.randomUUID().toString();
        plans.add(new Plan(id, name, PlanStatus.SAVED, System.currentTimeMillis(),
                rowPlanner.rows(id), List.of()));
        exchange.redirect(PLAN + "?planId=" + id);
    }

    private void plan(Exchange exchange) throws IOException {
        exchange.page("plan", Map.of("plan", find(exchange), "appMigration", flags.appMigration()));
    }

    private void run(Exchange exchange) {
        Plan plan = find(exchange);
        runner.run(plan.id());
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
