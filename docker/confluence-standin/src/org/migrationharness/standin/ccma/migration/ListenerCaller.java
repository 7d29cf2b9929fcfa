package org.migrationharness.standin.ccma.migration;

import java.util.ArrayList;
import java.util.List;
import org.migrationharness.standin.ccma.listeners.AppListener;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.Transfer;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.log.Log;

/** Calls the listeners, each on a thread of its own. */
public final class ListenerCaller {
    private static final int MOST_FRAMES = 200;
    private static final Log LOG = Log.named("com.atlassian.migration.app.AppMigration");

    private final Plans plans;
    private final PlatformClient platform;
    private final boolean reportsErrors;

    /**
     * @param reportsErrors whether the cloud is told of a listener's exception; before CCMA 3.3.7 it was not,
     *     and the row stayed RUNNING for ever
     */
    public ListenerCaller(Plans plans, PlatformClient platform, boolean reportsErrors) {
        this.plans = plans;
        this.platform = platform;
        this.reportsErrors = reportsErrors;
    }

    void callInBackground(StartedMigration started, Transfer transfer, AppListener listener) {
        new Thread(() -> call(started, transfer, listener), "app-migration-" + transfer.serverAppKey()).start();
    }

    private void call(StartedMigration started, Transfer transfer, AppListener listener) {
        try {
            platform.triggered(transfer.transferId());
        } catch (PlatformException e) {
            LOG.error("call", "The cloud could not be told that " + transfer.serverAppKey() + " starts", e);
            return;
        }
        plans.update(started.planId(), started.migrationId(),
                RowUpdate.now(transfer.containerId(), RowStatus.RUNNING, 0));
        try {
            listener.start(transfer.transferId(), started.details());
        } catch (Throwable e) {
            // An Error, too: the cloud is told of any uncaught throwable.
            LOG.error("call", "Listener of " + transfer.serverAppKey() + " failed in onStartAppMigration", e);
            if (reportsErrors) {
                report(transfer, e);
            }
        }
    }

    private void report(Transfer transfer, Throwable error) {
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : error.getStackTrace()) {
            if (frames.size() == MOST_FRAMES) {
                // A StackOverflowError has more than the cloud takes.
                break;
            }
            frames.add("at " + frame);
        }
        try {
            // Without the exception's message, which may hold customer data: that is what "safe" means.
            platform.errored(transfer.transferId(), error.getClass().getName(), String.join("\n", frames));
        } catch (PlatformException e) {
            LOG.error("report", "The cloud could not be told that the listener of "
                    + transfer.serverAppKey() + " failed", e);
        }
    }
}
