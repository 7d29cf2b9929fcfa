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
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.log.Log;

/** The app migration of a plan: one transfer per listener, and the polls for their progress. */
public final class AppMigration {
    private static final Log LOG = Log.named("com.atlassian.migration.app.AppMigration");

    private static final Set<RowStatus> RERUN = EnumSet.of(RowStatus.FAILED, RowStatus.INCOMPLETE);
    /** Since the original try. */
    private static final Duration RERUN_WITHIN = Duration.ofDays(12);

    private final Plans plans;
    private final RowPlanner rowPlanner;
    private final PlatformClient platform;
    private final TransferStarter transfers;
    private final Poller poller;

    public AppMigration(
            Plans plans,
            RowPlanner rowPlanner,
            PlatformClient platform,
            TransferStarter transfers,
            Poller poller) {
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
                .filter(key -> isRecent(plan, key) && transfers.canBeRerun(key))
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

    void cancel(Plan plan) {
        for (Migration migration : plan.migrations()) {
            for (Transfer transfer : migration.transfers()) {
                cancel(transfer);
            }
        }
    }

    private void cancel(Transfer transfer) {
        try {
            platform.cancel(transfer.transferId());
        } catch (PlatformException e) {
            LOG.warn("cancel", "Transfer of " + transfer.serverAppKey() + " could not be cancelled: "
                    + e.getMessage());
        }
    }
}
