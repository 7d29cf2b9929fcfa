package org.migrationharness.standin.ccma.migration;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.gateway.MigrationDetails;
import org.migrationharness.standin.ccma.listeners.AppListener;
import org.migrationharness.standin.ccma.plans.Migration;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;
import org.migrationharness.standin.ccma.plans.PlanStatus;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.RowPlanner;
import org.migrationharness.standin.ccma.plans.Transfer;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.profile.ContainerIdSource;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.log.Log;

/**
 * Runs plans. First the core migration; where that got through, the app migration: one transfer per listener,
 * each listener called on a thread of its own.
 *
 * <p>A plan is FINISHED when its core is done and its listeners were called, not when the apps are done:
 * otherwise an app that never settles would hold its plan RUNNING for ever, and the trigger resource, which
 * wants an executed plan, could not be used on it (our choice; no source tells).
 */
public final class MigrationRunner {
    private static final Log LOG = Log.named("com.atlassian.migration.app.AppMigration");

    private final Plans plans;
    private final CoreMigration core;
    private final Flags flags;
    private final Profile profile;
    private final RowPlanner rowPlanner;
    private final InstalledApps apps;
    private final Assessment assessment;
    private final PlatformClient platform;
    private final Poller poller;
    private final Executor threads;

    public MigrationRunner(
            Plans plans,
            CoreMigration core,
            Flags flags,
            Profile profile,
            RowPlanner rowPlanner,
            InstalledApps apps,
            Assessment assessment,
            PlatformClient platform,
            Poller poller,
            Executor threads) {
        this.plans = plans;
        this.core = core;
        this.flags = flags;
        this.profile = profile;
        this.rowPlanner = rowPlanner;
        this.apps = apps;
        this.assessment = assessment;
        this.platform = platform;
        this.poller = poller;
        this.threads = threads;
    }

    /**
     * Runs a saved plan in the background.
     *
     * @return false when it is not there to be run: unknown, or run before
     */
    public boolean run(String planId) {
        boolean[] claimed = new boolean[1];
        plans.change(planId, plan -> {
            claimed[0] = plan.status() == PlanStatus.SAVED;
            return claimed[0] ? plan.with(PlanStatus.RUNNING) : plan;
        });
        if (claimed[0]) {
            threads.execute(() -> {
                boolean well = migrateCore(planId) && (!hasApps(planId) || migrateApps(planId));
                plans.change(planId, plan -> plan.status() == PlanStatus.STOPPED
                        ? plan
                        : plan.with(well ? PlanStatus.FINISHED : PlanStatus.FAILED));
            });
        }
        return claimed[0];
    }

    /** Where the core fails, the apps are not notified. */
    private boolean migrateCore(String planId) {
        try {
            core.run(plans.find(planId).orElseThrow());
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.error("migrateCore", "Core migration of plan " + planId + " failed", e);
            return false;
        }
    }

    private boolean hasApps(String planId) {
        return flags.appMigration()
                && plans.find(planId).map(plan -> plan.scope().includes(PlanScope.Kind.APPS)).orElse(false);
    }

    /**
     * Runs the app migration of an executed plan again, with new transfers. Returns when the migration is
     * made, so that who asked finds it at once in the progress; its listeners are called in the background.
     *
     * @param serverAppKeys the apps to take, empty for all
     * @return the new migration's id, empty when no app is taken
     * @throws PlatformException when the cloud does not take it
     */
    public Optional<String> trigger(String planId, Set<String> serverAppKeys) throws PlatformException {
        Started started = begin(planId, serverAppKeys);
        if (started.migration().rows().isEmpty()) {
            return Optional.empty();
        }
        threads.execute(() -> startListeners(planId, started));
        return Optional.of(started.migration().migrationId());
    }

    /** Asks the cloud to cancel what is under way; rows follow when that is polled. */
    public void stop(Plan plan) {
        plans.change(plan.id(), old -> old.with(PlanStatus.STOPPED));
        threads.execute(() -> {
            for (Migration migration : plan.migrations()) {
                for (Transfer transfer : migration.transfers()) {
                    cancel(transfer);
                }
            }
        });
    }

    private void cancel(Transfer transfer) {
        try {
            platform.cancel(transfer.transferId());
        } catch (PlatformException e) {
            LOG.warn("cancel", "Transfer of " + transfer.serverAppKey() + " could not be cancelled: "
                    + e.getMessage());
        }
    }

    private boolean migrateApps(String planId) {
        try {
            startListeners(planId, begin(planId, Set.of()));
            return true;
        } catch (PlatformException | RuntimeException e) {
            LOG.error("migrateApps", "App migration of plan " + planId + " could not be started", e);
            return false;
        }
    }

    private Started begin(String planId, Set<String> only) throws PlatformException {
        String name = plans.find(planId).orElseThrow().name();
        List<AppRow> rows = rowPlanner.rows(planId).stream()
                .filter(row -> only.isEmpty() || only.contains(row.serverAppKey()))
                .toList();
        PlatformClient.NewMigration answer = platform.createMigration(planId, name);
        Migration migration = new Migration(answer.migrationId(), System.currentTimeMillis(),
                profile.pollPeriod(flags.devMode()).toSeconds(), rows, List.of());
        if (!rows.isEmpty()) {
            plans.change(planId, plan -> plan.plus(migration));
        }
        return new Started(migration, new MigrationDetails(answer));
    }

    /** A migration that the cloud knows and whose listeners are still to be called. */
    private record Started(Migration migration, MigrationDetailsV1 details) {
    }

    private void startListeners(String planId, Started started) {
        Migration migration = started.migration();
        for (AppRow row : migration.rows()) {
            AppListener listener = apps.listener(row.serverAppKey()).orElse(null);
            if (listener == null) {
                LOG.debug("startListeners", "No listener is visible for server app key " + row.serverAppKey());
                continue;
            }
            if (listener.cloudAppKey() == null) {
                LOG.warn("startListeners", "Cloud app key is null for server app key " + row.serverAppKey());
                continue;
            }
            try {
                register(planId, migration, row, listener, started.details());
            } catch (PlatformException e) {
                LOG.error("startListeners", "Transfer for " + row.serverAppKey() + " could not be made", e);
            }
        }
        if (!migration.rows().isEmpty()) {
            // Not before: a poll that finds no transfer under way would be the last.
            poller.follow(planId, migration);
        }
    }

    private void register(
            String planId, Migration migration, AppRow row, AppListener listener, MigrationDetailsV1 details)
            throws PlatformException {
        String containerId = containerOfTransfer(row);
        PlatformClient.NewTransfer answer =
                platform.createTransfer(migration.migrationId(), containerId, listener);
        if (!answer.linked()) {
            LOG.debug("register", "Server app " + row.serverAppKey() + " is not linked to a cloud app");
            return;
        }
        Transfer transfer = new Transfer(answer.transferId(), containerId, row.serverAppKey());
        plans.change(planId, plan -> plan.change(migration.migrationId(), old -> old.with(transfer)));
        tell(planId, migration, transfer, RowStatus.STARTING, null);
        new Thread(() -> call(planId, migration, transfer, listener, details),
                "app-migration-" + row.serverAppKey()).start();
    }

    /** The branch of the dev-mode bug; see {@link ContainerIdSource}. */
    private String containerOfTransfer(AppRow row) {
        return switch (profile.containerIdSource()) {
            case ASSESSMENT_ENTRY -> assessment.entry(row.serverAppKey()).containerId();
            case PLAN_ROW -> row.containerId();
        };
    }

    private void call(
            String planId, Migration migration, Transfer transfer, AppListener listener,
            MigrationDetailsV1 details) {
        try {
            platform.triggered(transfer.transferId());
        } catch (PlatformException e) {
            LOG.error("call", "The cloud was not told that " + transfer.serverAppKey() + " starts", e);
            return;
        }
        tell(planId, migration, transfer, RowStatus.RUNNING, 0);
        try {
            listener.start(transfer.transferId(), details);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("call", "Listener of " + transfer.serverAppKey() + " failed in onStartAppMigration", e);
            reportError(transfer, e);
        }
    }

    /** Before 3.3.7 nobody told the cloud, and the row stayed RUNNING for ever. */
    private void reportError(Transfer transfer, Throwable error) {
        if (!profile.reportsListenerErrors()) {
            return;
        }
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : error.getStackTrace()) {
            frames.add("at " + frame);
        }
        try {
            // Without the exception's message, which may hold the customer's data: hence "safe".
            platform.errored(transfer.transferId(), error.getClass().getName(), String.join("\n", frames));
        } catch (PlatformException e) {
            LOG.error("reportError", "The cloud was not told of the failure", e);
        }
    }

    private void tell(String planId, Migration migration, Transfer transfer, RowStatus status, Integer percent) {
        plans.tell(planId, migration.migrationId(), new RowUpdate(
                transfer.containerId(), status, percent, null, System.currentTimeMillis()));
    }
}
