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
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.log.Log;

/**
 * Asks the cloud for progress at whole periods from the start of an app migration: each 10 minutes, or each
 * 60 seconds in dev mode where the version does so. Rows show what was asked last, not what the cloud knows
 * now. The period is server time, plainly scheduled; a harness that wants it shorter speeds up the clock.
 */
public final class Poller {
    private static final Log LOG = Log.named("com.atlassian.migration.app.Poller");
    /** The platform settles every transfer after 14 days; nothing is new after that. */
    private static final long LIFETIME_SECONDS = Duration.ofDays(15).toSeconds();

    /** The status with which the cloud says that it has no such migration: there will be no news of it. */
    private static final int UNKNOWN = 404;

    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1, work -> {
        Thread thread = new Thread(work, "app-migration-progress-poller");
        thread.setDaemon(true);
        return thread;
    });
    private final Plans plans;
    private final PlatformClient platform;

    public Poller(Plans plans, PlatformClient platform) {
        this.plans = plans;
        this.platform = platform;
    }

    /** Also used at boot, where the next whole period since the start is due first. */
    void follow(String planId, Migration migration) {
        long period = TimeUnit.SECONDS.toMillis(migration.pollSeconds());
        long gone = Math.max(0, System.currentTimeMillis() - migration.startedAt());
        AtomicReference<ScheduledFuture<?>> self = new AtomicReference<>();
        self.set(clock.scheduleAtFixedRate(() -> {
            if (!poll(planId, migration.migrationId())) {
                self.get().cancel(false);
            }
        }, period - gone % period, period, TimeUnit.MILLISECONDS));
    }

    /** Takes up the migrations that a restart interrupted. */
    public void resume() {
        for (Plan plan : plans.all()) {
            plan.migrations().stream()
                    .filter(Migration::awaitsNews)
                    .forEach(migration -> follow(plan.id(), migration));
        }
    }

    /**
     * @return whether there may be more to learn
     */
    private boolean poll(String planId, String migrationId) {
        try {
            for (PlatformClient.Progress one : platform.progress(migrationId)) {
                if (one.containerId() != null && one.status() != null) {
                    plans.tell(planId, migrationId, news(one));
                }
            }
        } catch (PlatformException | RuntimeException e) {
            LOG.warn("poll", "Progress of migration " + migrationId + " could not be read: " + e.getMessage());
            if (e instanceof PlatformException refused && refused.status() == UNKNOWN) {
                return false;
            }
        }
        Optional<Migration> now = plans.find(planId).map(plan -> plan.migration(migrationId));
        return now.isPresent() && now.get().awaitsNews() && !isOver(now.get());
    }

    private static RowUpdate news(PlatformClient.Progress one) {
        return new RowUpdate(one.containerId(), RowStatus.fromPlatform(one.status()),
                one.percent() == null ? Integer.valueOf(0) : one.percent(), one.message(), one.lastUpdatedAt());
    }

    private static boolean isOver(Migration migration) {
        return System.currentTimeMillis() - migration.startedAt() > TimeUnit.SECONDS.toMillis(LIFETIME_SECONDS);
    }
}
