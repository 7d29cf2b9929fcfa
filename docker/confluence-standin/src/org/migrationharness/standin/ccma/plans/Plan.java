package org.migrationharness.standin.ccma.plans;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.migrationharness.standin.ccma.rows.AppRow;

/**
 * A migration plan.
 *
 * @param id what the page's URL and the testing REST call it
 * @param name the name that the admin gave it
 * @param status the plan's status, which is not that of its apps: they go on after FINISHED
 * @param createdAt epoch milliseconds
 * @param scope what the plan migrates
 * @param draft the rows shown before the first run
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

    /** A new plan, which has not run. */
    public static Plan saved(String id, String name, PlanScope scope, List<AppRow> draft) {
        return new Plan(id, name, PlanStatus.SAVED, System.currentTimeMillis(), scope, draft, List.of());
    }

    public Plan with(PlanStatus next) {
        return new Plan(id, name, next, createdAt, scope, draft, migrations);
    }

    public Plan with(Migration migration) {
        List<Migration> next = new ArrayList<>(migrations);
        next.add(migration);
        return new Plan(id, name, status, createdAt, scope, draft, List.copyOf(next));
    }

    public Plan change(String migrationId, UnaryOperator<Migration> change) {
        List<Migration> next = migrations.stream()
                .map(migration -> migration.migrationId().equals(migrationId)
                        ? change.apply(migration)
                        : migration)
                .toList();
        return new Plan(id, name, status, createdAt, scope, draft, next);
    }

    public Optional<Migration> migration(String migrationId) {
        return migrations.stream()
                .filter(migration -> migration.migrationId().equals(migrationId))
                .findFirst();
    }

    /** An app's newest transfer. */
    public Optional<Transfer> newestTransfer(String serverAppKey) {
        return migrations.stream()
                .flatMap(migration -> migration.transfers().stream())
                .filter(transfer -> transfer.serverAppKey().equals(serverAppKey))
                .reduce((older, newer) -> newer);
    }

    /** The run that a transfer belongs to. */
    public Optional<Migration> migrationOf(String transferId) {
        return migrations.stream()
                .filter(migration -> migration.transfers().stream()
                        .anyMatch(transfer -> transfer.transferId().equals(transferId)))
                .findFirst();
    }

    /** Whether there is something left to stop. */
    public boolean isUnderWay() {
        return status != PlanStatus.STOPPED && migrations.stream().anyMatch(Migration::isUnsettled);
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
