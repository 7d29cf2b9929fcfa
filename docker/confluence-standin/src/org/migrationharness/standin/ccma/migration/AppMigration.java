package org.migrationharness.standin.ccma.migration;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.migrationharness.standin.ccma.gateway.PlatformMigrationDetails;
import org.migrationharness.standin.ccma.plans.Migration;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.RowPlanner;
import org.migrationharness.standin.ccma.plans.Transfer;
import org.migrationharness.standin.ccma.platform.CreatedMigration;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.log.Log;

/** The app migration of a plan: one transfer per listener, and the polls for their progress. */
public final class AppMigration {
    private static final Log LOG = Log.named("com.atlassian.migration.app.AppMigration");

    private static final Set<RowStatus> RERUN = EnumSet.of(RowStatus.FAILED, RowStatus.INCOMPLETE);
    private static final Set<RowStatus> UNDER_WAY = EnumSet.of(RowStatus.STARTING, RowStatus.RUNNING);
    /** Since the app's migration started (Atlassian's page on cancelling transfers). */
    private static final Duration CANCEL_AFTER = Duration.ofMinutes(30);
    /** Since the original try. */
    private static final Duration RERUN_WITHIN = Duration.ofDays(12);

    private final Plans plans;
    private final RowPlanner rowPlanner;
    private final PlatformClient platform;
    private final TransferStarter transfers;
    private final Poller poller;
    private final Profile profile;

    public AppMigration(
            Plans plans,
            RowPlanner rowPlanner,
            PlatformClient platform,
            TransferStarter transfers,
            Poller poller,
            Profile profile) {
        this.profile = profile;
        this.plans = plans;
        this.rowPlanner = rowPlanner;
        this.platform = platform;
        this.transfers = transfers;
        this.poller = poller;
    }

    boolean isPartOf(Plan plan) {
        return rowPlanner.migratesApps(plan.scope());
    }

    /**
     * Creates a run of the app migration, in the cloud and in the plan. A run without rows is not kept.
     *
     * @param serverAppKeys the apps to migrate, empty for all
     * @param isRerun whether it repeats, for these apps, what did not succeed
     * @throws PlatformException when the cloud does not create it
     */
    StartedMigration create(String planId, Set<String> serverAppKeys, boolean isRerun) throws PlatformException {
        String name = plans.find(planId).orElseThrow().name();
        List<AppRow> rows = rowPlanner.rows(planId).stream()
                .filter(row -> serverAppKeys.isEmpty() || serverAppKeys.contains(row.serverAppKey()))
                .toList();
        CreatedMigration created = platform.createMigration(planId, name);
        Migration migration = new Migration(created.migrationId(), System.currentTimeMillis(),
                poller.currentPeriod().toSeconds(), rows, List.of());
        if (!rows.isEmpty()) {
            plans.change(planId, plan -> plan.with(migration));
        }
        return new StartedMigration(planId, migration, PlatformMigrationDetails.of(created), isRerun);
    }

    /** The apps of a plan that may be run again: what they did last is unsuccessful, and not too old. */
    Set<String> rerunnable(Plan plan) {
        return plan.rows().stream()
                .filter(row -> RERUN.contains(row.status()))
                .map(AppRow::serverAppKey)
                .filter(key -> !profile.has(Capability.END_RERUNS) || isRecent(plan, key))
                .filter(transfers::canBeRerun)
                .collect(Collectors.toSet());
    }

    private static boolean isRecent(Plan plan, String serverAppKey) {
        return plan.newestTransfer(serverAppKey)
                .flatMap(newest -> plan.migrationOf(newest.firstTransferId()))
                .map(first -> System.currentTimeMillis() - first.startedAt() <= RERUN_WITHIN.toMillis())
                .orElse(false);
    }

    /** Starts a transfer for each row, then the polls. */
    void startTransfers(StartedMigration started) {
        started.migration().rows().forEach(row -> transfers.start(started, row));
        if (!started.migration().rows().isEmpty()) {
            // Not earlier: a poll that finds no unsettled transfer is the last one.
            poller.follow(started.planId(), started.migration());
        }
    }

    /** Cancels what of a plan has not settled; an app that has not begun is skipped. */
    void cancel(Plan plan) {
        for (Migration migration : plan.migrations()) {
            for (Transfer transfer : migration.transfers()) {
                cancelOrSay(plan, migration, transfer);
            }
            if (profile.has(Capability.CANCEL_AN_APP)) {
                migration.unstarted().forEach(row -> plans.advance(plan.id(), migration.migrationId(),
                        RowStatus.READY::equals, RowUpdate.now(row.containerId(), RowStatus.SKIPPED, null)));
            }
        }
    }

    private void cancelOrSay(Plan plan, Migration migration, Transfer transfer) {
        try {
            cancel(plan, migration, transfer);
        } catch (PlatformException e) {
            LOG.warn("cancel", "Transfer of " + transfer.serverAppKey() + " could not be cancelled: "
                    + e.getMessage());
        }
    }

    /** The apps of a plan that may be cancelled: they are under way, and have been for half an hour. */
    Set<String> cancellable(Plan plan) {
        return plan.rows().stream()
                .filter(row -> UNDER_WAY.contains(row.status()))
                .map(AppRow::serverAppKey)
                .filter(key -> plan.newestTransfer(key)
                        .flatMap(transfer -> plan.migrationOf(transfer.transferId()))
                        .map(run -> System.currentTimeMillis() - run.startedAt() >= CANCEL_AFTER.toMillis())
                        .orElse(false))
                .collect(Collectors.toSet());
    }

    /**
     * Asks the cloud to cancel an app's newest transfer.
     *
     * @throws PlatformException when the cloud does not take it
     */
    void cancel(Plan plan, String serverAppKey) throws PlatformException {
        Transfer transfer = plan.newestTransfer(serverAppKey).orElseThrow();
        cancel(plan, plan.migrationOf(transfer.transferId()).orElseThrow(), transfer);
    }

    private void cancel(Plan plan, Migration migration, Transfer transfer) throws PlatformException {
        platform.cancel(transfer.transferId());
        if (profile.has(Capability.CANCEL_AN_APP)) {
            plan.row(transfer.serverAppKey()).ifPresent(row -> plans.advance(plan.id(), migration.migrationId(),
                    status -> !status.settled(),
                    new RowUpdate(transfer.containerId(), RowStatus.CANCELLING, row.percent(), row.message(),
                            System.currentTimeMillis())));
        }
    }
}
