package org.migrationharness.standin.ccma.migration;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.migrationharness.standin.ccma.plans.Migration;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.platform.TransferProgress;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.log.Log;

/**
 * Polls the cloud for progress, at whole periods from the start of an app migration: every 10 minutes, or
 * every 60 seconds in dev mode where the version does so. Rows show what the last poll found, not what the
 * cloud knows now. The period is scheduled in server time; a harness that wants it shorter speeds up the clock.
 */
public final class Poller {
    private static final Log LOG = Log.named("com.atlassian.migration.app.Poller");
    /** The platform settles every transfer after 14 days, so there is nothing new after that. */
    private static final long LIFETIME_SECONDS = Duration.ofDays(15).toSeconds();
    /** The cloud does not know the migration, so it will never have progress. */
    private static final int NOT_FOUND = 404;

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1, work -> {
        Thread thread = new Thread(work, "app-migration-progress-poller");
        thread.setDaemon(true);
        return thread;
    });
    private final Plans plans;
    private final PlatformClient platform;
    private final Profile profile;
    private final Flags flags;

    public Poller(Plans plans, PlatformClient platform, Profile profile, Flags flags) {
        this.plans = plans;
        this.platform = platform;
        this.profile = profile;
        this.flags = flags;
    }

    /** The poll period of a migration that starts now. */
    Duration currentPeriod() {
        return profile.pollPeriod(flags.devMode());
    }

    /** Polls until the migration has settled. The first poll is due at the next whole period since its start. */
    void follow(String planId, Migration migration) {
        long period = TimeUnit.SECONDS.toMillis(migration.pollSeconds());
        long elapsed = Math.max(0, System.currentTimeMillis() - migration.startedAt());
        AtomicReference<ScheduledFuture<?>> self = new AtomicReference<>();
        self.set(scheduler.scheduleAtFixedRate(() -> {
            if (!poll(planId, migration.migrationId())) {
                self.get().cancel(false);
            }
        }, period - elapsed % period, period, TimeUnit.MILLISECONDS));
    }

    /** Goes on with the migrations that a restart interrupted. */
    public void resume() {
        for (Plan plan : plans.all()) {
            plan.migrations().stream()
                    .filter(Migration::isUnsettled)
                    .forEach(migration -> follow(plan.id(), migration));
        }
    }

    /**
     * Polls once. The harness's probe watches this method by its name.
     *
     * @return whether there may be more progress to come
     */
    private boolean poll(String planId, String migrationId) {
        try {
            for (TransferProgress progress : platform.progress(migrationId)) {
                if (progress.containerId() != null && progress.status() != null) {
                    plans.update(planId, migrationId, update(progress));
                }
            }
        } catch (PlatformException | RuntimeException e) {
            LOG.warn("poll", "Progress of migration " + migrationId + " could not be read: " + e.getMessage());
            if (e instanceof PlatformException answer && answer.status() == NOT_FOUND) {
                return false;
            }
        }
        Optional<Migration> now = plans.find(planId).flatMap(plan -> plan.migration(migrationId));
        return now.isPresent() && now.get().isUnsettled() && !isOver(now.get());
    }

    private RowUpdate update(TransferProgress progress) {
        Integer percent = progress.percent() == null ? Integer.valueOf(0) : progress.percent();
        RowStatus status = RowStatus.fromPlatform(progress.status());
        if (status == RowStatus.CANCELLING && !profile.has(Capability.CANCEL_AN_APP)) {
            status = RowStatus.RUNNING;
        }
        return new RowUpdate(progress.containerId(), status, percent,
                progress.message(), progress.lastUpdatedAt());
    }

    private static boolean isOver(Migration migration) {
        return System.currentTimeMillis() - migration.startedAt() > TimeUnit.SECONDS.toMillis(LIFETIME_SECONDS);
    }
}
