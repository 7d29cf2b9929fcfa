package org.migrationharness.standin.ccma.rest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.migrationharness.standin.ccma.migration.AppActions;
import org.migrationharness.standin.ccma.migration.MigrationRunner;
import org.migrationharness.standin.ccma.plans.Migration;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanStatus;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/**
 * The progress and trigger resources, which Atlassian documents for the tests of app vendors, in the versions that
 * have them. That of a re-run had
 * a page of its own in 2022, before the trigger took its place; what the button "Re-run" calls is not known.
 */
public final class AppMigrationRest {
    private static final String BASE = "/rest/migration/latest/app-migration/";

    private final Plans plans;
    private final MigrationRunner runner;
    private final AppActions actions;
    private final Profile profile;

    public AppMigrationRest(Plans plans, MigrationRunner runner, Profile profile) {
        actions = new AppActions(runner, profile);
        this.profile = profile;
        this.plans = plans;
        this.runner = runner;
    }

    public void addTo(Routes routes) {
        if (profile.has(Capability.PROGRESS_REST)) {
            routes.get(BASE + "progress/{planId}", Access.ADMIN, this::progress);
        } else {
            routes.absent(BASE + "progress/{planId}");
        }
        if (profile.has(Capability.TRIGGER_REST)) {
            routes.get(BASE + "trigger/{planId}", Access.ADMIN, exchange -> trigger(exchange, Set.of()))
                    .post(BASE + "trigger/{planId}", Access.ADMIN,
                            exchange -> trigger(exchange, included(exchange.jsonBody())));
        } else {
            routes.absent(BASE + "trigger/{planId}");
        }
        if (profile.has(Capability.RERUN)) {
            routes.get(BASE + "rerun/{planId}", Access.ADMIN, exchange -> rerun(exchange, Set.of()))
                    .post(BASE + "rerun/{planId}", Access.ADMIN,
                            exchange -> rerun(exchange, included(exchange.jsonBody())));
        } else {
            routes.absent(BASE + "rerun/{planId}");
        }
    }

    private void progress(Exchange exchange) throws IOException {
        Plan plan = find(exchange);
        Set<String> cancellable = actions.cancellable(plan);
        JsonArray migrations = new JsonArray();
        for (Migration migration : plan.migrations()) {
            JsonArray apps = new JsonArray();
            migration.rows().forEach(row -> apps.add(json(row, cancellable)));
            JsonObject one = new JsonObject();
            one.addProperty("migrationId", migration.migrationId());
            one.add("apps", apps);
            migrations.add(one);
        }
        exchange.json(200, Map.of("migrations", migrations));
    }

    private void trigger(Exchange exchange, Set<String> serverAppKeys) throws IOException {
        Plan plan = find(exchange);
        if (plan.status() == PlanStatus.SAVED || plan.status() == PlanStatus.RUNNING) {
            throw new HttpProblem(409, "Plan " + plan.id() + " is " + plan.status()
                    + ": only an executed plan can be triggered again");
        }
        begin(exchange, plan, () -> runner.trigger(plan.id(), serverAppKeys)
                .orElseThrow(() -> new HttpProblem(400, "No installed app has a listener with these keys")));
    }

    private void rerun(Exchange exchange, Set<String> serverAppKeys) throws IOException {
        Plan plan = find(exchange);
        begin(exchange, plan, () -> runner.rerun(plan.id(), serverAppKeys)
                .orElseThrow(() -> new HttpProblem(409, "No app of plan " + plan.id() + " can be run again: that "
                        + "takes a status of FAILED or INCOMPLETE, a first try within 12 days, and a listener of "
                        + "the current library")));
    }

    private interface Beginning {
        String migrationId() throws PlatformException;
    }

    private static void begin(Exchange exchange, Plan plan, Beginning beginning) throws IOException {
        try {
            exchange.json(200, Map.of("planId", plan.id(), "migrationId", beginning.migrationId()));
        } catch (PlatformException e) {
            throw new HttpProblem(502, "The cloud did not create the migration: " + e.getMessage());
        }
    }

    private static Set<String> included(JsonElement body) {
        if (!body.isJsonObject() || !(body.getAsJsonObject().get("includeServerAppKeys") instanceof JsonArray keys)
                || keys.asList().stream().anyMatch(key -> !key.isJsonPrimitive())) {
            throw new HttpProblem(400, "Expected {\"includeServerAppKeys\": [\"key\"]}");
        }
        Set<String> all = new HashSet<>();
        keys.forEach(key -> all.add(key.getAsString()));
        return all;
    }

    private static JsonObject json(AppRow row, Set<String> cancellable) {
        JsonObject app = new JsonObject();
        app.addProperty("serverAppKey", row.serverAppKey());
        app.addProperty("serverAppName", row.appName());
        app.addProperty("containerId", row.containerId());
        app.addProperty("cloudAppKey", row.cloudAppKey());
        app.addProperty("completionPercent", row.percent() == null ? 0 : row.percent());
        app.addProperty("status", row.status().platformName());
        app.addProperty("statusMessage", row.message() == null ? "unknown" : row.message());
        app.addProperty("lastUpdatedAt", row.lastUpdatedAt());
        app.addProperty("cancellable", cancellable.contains(row.serverAppKey()));
        return app;
    }

    private Plan find(Exchange exchange) {
        return plans.find(exchange.part("planId"))
                .orElseThrow(() -> new HttpProblem(404, "There is no such migration plan"));
    }
}
