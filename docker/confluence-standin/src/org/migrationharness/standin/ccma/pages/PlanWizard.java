package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.migrationharness.standin.ccma.migration.MigrationRunner;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.PreMigrationChecks;
import org.migrationharness.standin.ccma.plans.RowPlanner;
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.content.ContentStore;
import org.migrationharness.standin.content.Space;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/**
 * "Create new migration": connect to cloud, choose what to migrate, check for errors, review and save or run.
 * Each page carries the input of the earlier ones, so a wizard that the admin leaves keeps nothing.
 */
public final class PlanWizard {
    private static final int NAME_LIMIT = 255;

    private final Plans plans;
    private final RowPlanner rowPlanner;
    private final PreMigrationChecks checks;
    private final MigrationRunner runner;
    private final String site;
    private final ContentStore content;

    public PlanWizard(Plans plans, RowPlanner rowPlanner, PreMigrationChecks checks, MigrationRunner runner,
            String site, ContentStore content) {
        this.content = content;
        this.plans = plans;
        this.rowPlanner = rowPlanner;
        this.checks = checks;
        this.runner = runner;
        this.site = site;
    }

    public void addTo(Routes routes) {
        routes.get(MigrationAddresses.CREATE, Access.SECURE_ADMIN, exchange -> show(exchange, "connect", ""))
                .post(MigrationAddresses.CREATE, Access.SECURE_ADMIN, this::submit);
    }

    private void submit(Exchange exchange) throws IOException {
        String name = exchange.param("name").strip();
        if (name.isEmpty() || name.length() > NAME_LIMIT) {
            show(exchange, "connect", "Give the migration a name of at most " + NAME_LIMIT + " characters.");
            return;
        }
        switch (exchange.param("step")) {
            case "connect" -> connect(exchange);
            case "choose" -> choose(exchange);
            case "check" -> check(exchange);
            case "review" -> finish(exchange, name);
            default -> throw new HttpProblem(400, "The wizard has no such step");
        }
    }

    private void connect(Exchange exchange) throws IOException {
        if (!exchange.param("site").equals(site)) {
            show(exchange, "connect", "Choose the destination site.");
        } else if (!exchange.has("allow")) {
            show(exchange, "connect", "Allow the assistant to access the cloud site.");
        } else {
            show(exchange, "choose", "");
        }
    }

    private void choose(Exchange exchange) throws IOException {
        PlanScope scope = scope(exchange);
        if (scope.include().isEmpty()) {
            show(exchange, "choose", "Choose at least one kind of data.");
        } else if (scope.includes(PlanScope.Kind.SPACES) && scope.spaces().isEmpty() && !content.spaces().isEmpty()) {
            show(exchange, "choose", "Choose at least one space.");
        } else {
            show(exchange, "check", "");
        }
    }

    private void check(Exchange exchange) throws IOException {
        show(exchange, blocked(exchange) ? "check" : "review", "");
    }

    private void finish(Exchange exchange, String name) throws IOException {
        if (blocked(exchange)) {
            show(exchange, "check", "");
            return;
        }
        String id = UUID.randomUUID().toString();
        PlanScope scope = scope(exchange);
        List<AppRow> rows = scope.includes(PlanScope.Kind.APPS) ? rowPlanner.rows(id) : List.of();
        plans.add(Plan.saved(id, name, scope, rows));
        if (exchange.has("run")) {
            runner.run(id);
        }
        exchange.redirect(MigrationAddresses.plan(id));
    }

    private boolean blocked(Exchange exchange) {
        return checks.run(scope(exchange)).stream().anyMatch(PreMigrationChecks.Check::blocks);
    }

    private void show(Exchange exchange, String step, String error) throws IOException {
        Map<String, Object> model = new HashMap<>();
        model.put("step", step);
        model.put("error", error);
        model.put("name", exchange.param("name").strip());
        model.put("scope", scope(exchange));
        model.put("site", site);
        model.put("kinds", PlanScope.Kind.values());
        model.put("spaces", content.spaces());
        if (step.equals("check")) {
            List<PreMigrationChecks.Check> found = checks.run(scope(exchange));
            model.put("checks", found);
            model.put("blocked", found.stream().anyMatch(PreMigrationChecks.Check::blocks));
        }
        if (step.equals("review")) {
            model.put("rows", scope(exchange).includes(PlanScope.Kind.APPS)
                    ? rowPlanner.rows("review") : List.of());
        }
        exchange.page("create", model);
    }

    /** What the admin chose; before the page that asks for it, all kinds of data. */
    private PlanScope scope(Exchange exchange) {
        boolean chosen = !List.of("", "connect").contains(exchange.param("step"));
        List<PlanScope.Kind> include = new ArrayList<>();
        for (PlanScope.Kind kind : PlanScope.Kind.values()) {
            if (!chosen || exchange.has("include-" + kind.name())) {
                include.add(kind);
            }
        }
        List<String> spaces = content.spaces().stream().map(Space::key)
                .filter(key -> !chosen || exchange.has("space-" + key)).toList();
        return new PlanScope(
                exchange.param("stage").equals("testing") ? "testing" : "production", site, include, spaces);
    }
}
