package org.migrationharness.standin.ccma.rest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.migration.AppActions;
import org.migrationharness.standin.ccma.migration.MigrationRunner;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.PreMigrationChecks;
import org.migrationharness.standin.ccma.plans.RowPlanner;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.content.ContentStore;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/** What the scripted pages show and change. No source tells the real ones' resources; these are ours. */
public final class PlanRest {
    private static final String BASE = "/rest/migration/latest/plans";
    private static final int NAME_LIMIT = 255;

    private final Plans plans;
    private final RowPlanner rowPlanner;
    private final PreMigrationChecks checks;
    private final MigrationRunner runner;
    private final Setting setting;
    private final AppActions actions;

    /**
     * What the pages depend on besides the plans.
     *
     * @param site the destination site
     * @param content the spaces that there are
     */
    public record Setting(String site, ContentStore content, Flags flags, Profile profile, InstalledApps apps, Assessment assessment,
            PlatformClient platform) {
    }

    public PlanRest(
            Plans plans, RowPlanner rowPlanner, PreMigrationChecks checks, MigrationRunner runner, Setting setting) {
        this.plans = plans;
        this.rowPlanner = rowPlanner;
        this.checks = checks;
        this.runner = runner;
        this.setting = setting;
        actions = new AppActions(runner, setting.profile());
    }

    public void addTo(Routes routes) {
        routes.get("/rest/migration/latest/home", Access.ADMIN, this::home)
                .get("/rest/migration/latest/wizard", Access.ADMIN, this::wizard)
                .post("/rest/migration/latest/wizard/check", Access.ADMIN, this::check)
                .post(BASE, Access.ADMIN, this::create)
                .get(BASE + "/{planId}", Access.ADMIN, exchange -> exchange.jsonWithNulls(200, json(find(exchange))))
                .post(BASE + "/{planId}/run", Access.ADMIN, this::run)
                .post(BASE + "/{planId}/stop", Access.ADMIN, this::stop)
                .delete(BASE + "/{planId}", Access.ADMIN, this::remove)
                .post("/rest/migration/latest/connection", Access.ADMIN, this::connectAgain);
        if (actions.any()) {
            routes.post(BASE + "/{planId}/apps/{serverAppKey}/cancel", Access.ADMIN, this::cancelApp)
                    .post(BASE + "/{planId}/apps/{serverAppKey}/rerun", Access.ADMIN, this::rerunApp);
        }
    }

    private void home(Exchange exchange) throws IOException {
        int all = setting.apps().all().size();
        int undecided = setting.assessment().undecided(setting.apps().all());
        exchange.json(200, Map.of(
                "connectionExpired", setting.platform().isExpired(),
                "assessedPercent", all == 0 ? 100 : 100 * (all - undecided) / all,
                "plans", plans.all().stream().map(PlanRest::summary).toList()));
    }

    private void wizard(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("site", setting.site(), "kinds", kinds(List.of(PlanScope.Kind.values())),
                "spaces", setting.content().spaces().stream()
                        .map(space -> Map.of("key", space.key(), "name", space.name())).toList()));
    }

    private void check(Exchange exchange) throws IOException {
        PlanScope scope = scope(exchange.jsonBody());
        List<PreMigrationChecks.Check> found = checks.run(scope);
        exchange.json(200, Map.of(
                "checks", found,
                "blocked", found.stream().anyMatch(PreMigrationChecks.Check::blocks),
                "apps", rows("review", scope).stream().map(AppRow::appName).toList()));
    }

    private void create(Exchange exchange) throws IOException {
        JsonElement body = exchange.jsonBody();
        PlanScope scope = scope(body);
        String name = body.getAsJsonObject().get("name") instanceof JsonPrimitive given
                ? given.getAsString().strip() : "";
        if (name.isEmpty() || name.length() > NAME_LIMIT) {
            throw new HttpProblem(400, "Give the migration a name of at most " + NAME_LIMIT + " characters.");
        }
        if (checks.run(scope).stream().anyMatch(PreMigrationChecks.Check::blocks)) {
            throw new HttpProblem(409, "The migration cannot go on until the errors are gone.");
        }
        String id = UUID.randomUUID().toString();
        plans.add(Plan.saved(id, name, scope, rows(id, scope)));
        exchange.json(201, Map.of("id", id));
    }

    private void run(Exchange exchange) throws IOException {
        runner.run(find(exchange).id());
        exchange.jsonWithNulls(200, json(find(exchange)));
    }

    private void stop(Exchange exchange) throws IOException {
        runner.stop(find(exchange));
        exchange.jsonWithNulls(200, json(find(exchange)));
    }

    private void cancelApp(Exchange exchange) throws IOException {
        actions.cancel(find(exchange), exchange.part("serverAppKey"));
        exchange.jsonWithNulls(200, json(find(exchange)));
    }

    private void rerunApp(Exchange exchange) throws IOException {
        actions.rerun(find(exchange), exchange.part("serverAppKey"));
        exchange.jsonWithNulls(200, json(find(exchange)));
    }

    private void connectAgain(Exchange exchange) {
        try {
            setting.platform().connectAgain();
        } catch (PlatformException e) {
            throw new HttpProblem(502, "The cloud site could not be connected: " + e.getMessage());
        }
        exchange.empty(204);
    }

    private void remove(Exchange exchange) {
        plans.remove(find(exchange).id());
        exchange.empty(204);
    }

    private List<AppRow> rows(String planId, PlanScope scope) {
        return scope.includes(PlanScope.Kind.APPS) ? rowPlanner.rows(planId) : List.of();
    }

    private PlanScope scope(JsonElement body) {
        if (!(body instanceof JsonObject given) || !given.has("include") || !given.get("include").isJsonArray()) {
            throw new HttpProblem(400, "Expected {\"name\", \"stage\", \"include\": [\"APPS\", ...]}");
        }
        List<PlanScope.Kind> include = new ArrayList<>();
        for (PlanScope.Kind kind : PlanScope.Kind.values()) {
            if (given.getAsJsonArray("include").asList().stream()
                    .anyMatch(each -> each.getAsString().equals(kind.name()))) {
                include.add(kind);
            }
        }
        String stage = given.has("stage") && given.get("stage").getAsString().equals("testing")
                ? "testing" : "production";
        List<String> spaces = given.get("spaces") instanceof JsonArray keys
                ? keys.asList().stream().map(JsonElement::getAsString).toList() : null;
        return new PlanScope(stage, setting.site(), include, spaces);
    }

    private static Map<String, Object> summary(Plan plan) {
        return Map.of("id", plan.id(), "name", plan.name(), "status", plan.status(), "createdAt", plan.createdAt());
    }

    private Map<String, Object> json(Plan plan) {
        Map<String, Object> all = new LinkedHashMap<>(summary(plan));
        all.put("site", plan.scope().site());
        all.put("stage", plan.scope().stage());
        all.put("include", kinds(plan.scope().include()));
        all.put("underWay", plan.isUnderWay());
        all.put("hasRun", !plan.migrations().isEmpty());
        all.put("appMigration", setting.flags().appMigration());
        all.put("logs", setting.profile().has(Capability.PROGRESS_LOGS) && !plan.migrations().isEmpty());
        Set<String> cancellable = actions.cancellable(plan);
        Set<String> rerunnable = actions.rerunnable(plan);
        all.put("rows", plan.rows().stream().map(row -> {
            Map<String, Object> one = json(row);
            one.put("cancellable", cancellable.contains(row.serverAppKey()));
            one.put("rerunnable", rerunnable.contains(row.serverAppKey()));
            return one;
        }).toList());
        all.put("actions", actions.any());
        return all;
    }

    private static Map<String, Object> json(AppRow row) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("app", row.appName());
        all.put("serverAppKey", row.serverAppKey());
        all.put("status", row.status());
        all.put("text", row.status().text());
        all.put("percent", row.percent());
        all.put("message", row.message());
        return all;
    }

    private static List<Map<String, String>> kinds(List<PlanScope.Kind> some) {
        return some.stream().map(kind -> Map.of("name", kind.name(), "text", kind.text())).toList();
    }

    private Plan find(Exchange exchange) {
        return plans.find(exchange.part("planId"))
                .orElseThrow(() -> new HttpProblem(404, "There is no such migration plan"));
    }
}
