package org.migrationharness.standin.ccma.plans;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.migrationharness.standin.ccma.rows.AppRow;

/**
 * A migration plan.
 *
 * @param id what the page's URL and the testing REST name it by
 * @param name typed by the admin
 * @param status of the plan, which is not the status of its apps: apps go on after FINISHED
 * @param createdAt epoch milliseconds
 * @param scope what the wizard was told
 * @param draft rows shown before the first run
 * @param migrations the runs of its app migration, oldest first
 */
public record Plan(
        String id,
        String name,
        PlanStatus status,
        long createdAt,
        PlanScope scope,
        List<AppRow> draft,
        List<Migration> migrations) {

    public Plan with(PlanStatus next) {
        return new Plan(id, name, next, createdAt, scope, draft, migrations);
    }

    public Plan plus(Migration migration) {
        List<Migration> next = new ArrayList<>(migrations);
        next.add(migration);
        return new Plan(id, name, status, createdAt, scope, draft, List.copyOf(next));
    }

    public Plan change(String migrationId, UnaryOperator<Migration> change) {
        List<Migration> next = migrations.stream()
                .map(one -> one.migrationId().equals(migrationId) ? change.apply(one) : one)
                .toList();
        return new Plan(id, name, status, createdAt, scope, draft, next);
    }

    public Migration migration(String migrationId) {
        return migrations.stream()
                .filter(one -> one.migrationId().equals(migrationId))
                .findFirst()
                .orElseThrow();
    }

    /** Whether something of it can still be stopped. */
    public boolean isUnderWay() {
        return status != PlanStatus.STOPPED && migrations.stream().anyMatch(Migration::awaitsNews);
    }

    /** One row per app: that of its newest run, or the draft's while there was none. */
    public List<AppRow> rows() {
        if (migrations.isEmpty()) {
            return draft;
        }
        Map<String, AppRow> newest = new LinkedHashMap<>();
        migrations.forEach(migration -> migration.rows().forEach(row -> newest.put(row.serverAppKey(), row)));
        return List.copyOf(newest.values());
    }
}
