package org.migrationharness.standin.ccma.migration;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanStatus;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.log.Log;

/**
 * Runs plans in the background: first the core migration and, unless that fails, the app migration.
 *
 * <p>A plan is FINISHED, or INCOMPLETE like its core migration, when its listeners were called, not when the apps are
 * done. Otherwise an app that never settles would keep its plan RUNNING for ever, and the trigger resource,
 * which requires an executed plan, could not be used on it. This is our choice; no source says.
 */
public final class MigrationRunner {
    private static final Log LOG = Log.named("com.atlassian.migration.app.AppMigration");

    private final Plans plans;
    private final CoreMigration core;
    private final AppMigration apps;
    private final Executor threads;

    public MigrationRunner(Plans plans, CoreMigration core, AppMigration apps, Executor threads) {
        this.plans = plans;
        this.core = core;
        this.apps = apps;
        this.threads = threads;
    }

    /**
     * Runs a saved plan in the background.
     *
     * @return false when there is no such plan, or when it ran before
     */
    public boolean run(String planId) {
        boolean[] claimed = new boolean[1];
        plans.change(planId, plan -> {
            claimed[0] = plan.status() == PlanStatus.SAVED;
            return claimed[0] ? plan.with(PlanStatus.RUNNING) : plan;
        });
        if (claimed[0]) {
            threads.execute(() -> {
                PlanStatus core = migrateCore(planId);
                boolean succeeded = core != PlanStatus.FAILED && migrateApps(planId);
                plans.change(planId, plan -> plan.status() == PlanStatus.STOPPED
                        ? plan
                        : plan.with(succeeded ? core : PlanStatus.FAILED));
            });
        }
        return claimed[0];
    }

    /**
     * Runs the app migration of an executed plan again, with new transfers. Returns once the migration is
     * created, so that the progress resource has it at once; its listeners are called in the background.
     *
     * @param serverAppKeys the apps to migrate, empty for all
     * @return the new migration's id, empty when there is no app to migrate
     * @throws PlatformException when the cloud does not create the migration
     */
    public Optional<String> trigger(String planId, Set<String> serverAppKeys) throws PlatformException {
        return start(apps.create(planId, serverAppKeys, false));
    }

    /**
     * Runs apps again whose migration did not succeed, as an admin does with "Re-run".
     *
     * @param serverAppKeys the apps, empty for all that can be run again
     * @return the new migration's id, empty when none of them can be run again
     * @throws PlatformException when the cloud does not create the migration
     */
    public Optional<String> rerun(String planId, Set<String> serverAppKeys) throws PlatformException {
        Set<String> chosen = new HashSet<>(rerunnable(planId));
        if (!serverAppKeys.isEmpty()) {
            chosen.retainAll(serverAppKeys);
        }
        return chosen.isEmpty() ? Optional.empty() : start(apps.create(planId, chosen, true));
    }

    /** The apps of a plan that can be run again: FAILED or INCOMPLETE, at most 12 days after the first try. */
    public Set<String> rerunnable(String planId) {
        return plans.find(planId).map(apps::rerunnable).orElse(Set.of());
    }

    /** The apps of a plan that an admin may cancel, each by itself: under way for at least 30 minutes. */
    public Set<String> cancellable(String planId) {
        return plans.find(planId).map(apps::cancellable).orElse(Set.of());
    }

    /**
     * Asks the cloud to cancel one app; its row says "Canceling" until the app or the platform settles it.
     *
     * @return false when it cannot be cancelled now
     * @throws PlatformException when the cloud does not take it
     */
    public boolean cancel(String planId, String serverAppKey) throws PlatformException {
        if (!cancellable(planId).contains(serverAppKey)) {
            return false;
        }
        apps.cancel(plans.find(planId).orElseThrow(), serverAppKey);
        return true;
    }

    private Optional<String> start(StartedMigration started) {
        if (started.migration().rows().isEmpty()) {
            return Optional.empty();
        }
        threads.execute(() -> apps.startTransfers(started));
        return Optional.of(started.migrationId());
    }

    /** Asks the cloud to cancel the plan's transfers; the rows follow with the next poll. */
    public void stop(Plan plan) {
        plans.change(plan.id(), old -> old.with(PlanStatus.STOPPED));
        threads.execute(() -> apps.cancel(plan));
    }

    /** If this fails, the apps are not notified; they are when it is incomplete. */
    private PlanStatus migrateCore(String planId) {
        try {
            return core.run(plans.find(planId).orElseThrow()) ? PlanStatus.FINISHED : PlanStatus.INCOMPLETE;
        } catch (IOException | RuntimeException e) {
            LOG.error("migrateCore", "Core migration of plan " + planId + " failed", e);
            return PlanStatus.FAILED;
        }
    }

    private boolean migrateApps(String planId) {
        if (!plans.find(planId).map(apps::isPartOf).orElse(false)) {
            return true;
        }
        try {
            apps.startTransfers(apps.create(planId, Set.of(), false));
            return true;
        } catch (PlatformException | RuntimeException e) {
            LOG.error("migrateApps", "App migration of plan " + planId + " could not be started", e);
            return false;
        }
    }
}
