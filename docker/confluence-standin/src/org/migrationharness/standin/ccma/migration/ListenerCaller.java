package org.migrationharness.standin.ccma.migration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.migrationharness.standin.ccma.gateway.PlatformGateway;
import org.migrationharness.standin.ccma.listeners.AppListener;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.Transfer;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.host.HostCall;
import org.migrationharness.standin.host.HostJournal;
import org.migrationharness.standin.log.Log;

/** Calls the listeners, each on a thread of its own. */
public final class ListenerCaller {
    private static final int MOST_FRAMES = 200;
    private static final Log LOG = Log.named("com.atlassian.migration.app.AppMigration");
    private static final String GATEWAY = PlatformGateway.class.getPackageName() + ".";
    private static final String PLATFORM = PlatformClient.class.getPackageName() + ".";
    private static final String MISSING = "the stand-in does not have";

    private final Plans plans;
    private final PlatformClient platform;
    private final boolean reportsErrors;
    private final HostJournal journal;

    /**
     * @param reportsErrors whether the cloud is told of a listener's exception; before CCMA 3.3.7 it was not,
     *     and the row stayed RUNNING for ever
     * @param journal what apps asked the host
     */
    public ListenerCaller(Plans plans, PlatformClient platform, boolean reportsErrors, HostJournal journal) {
        this.journal = journal;
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
        plans.advance(started.planId(), started.migrationId(), RowStatus.STARTING::equals,
                RowUpdate.now(transfer.containerId(), RowStatus.RUNNING, 0));
        long before = journal.mark();
        try {
            if (transfer.isRerun()) {
                listener.rerun(transfer.originalTransferId(), transfer.transferId(), started.details());
            } else {
                listener.start(transfer.transferId(), started.details());
            }
        } catch (Throwable e) {
            // An Error, too: the cloud is told of any uncaught throwable.
            LOG.error("call", "Listener of " + transfer.serverAppKey() + " failed in "
                    + (transfer.isRerun() ? "a re-run" : "onStartAppMigration"), e);
            tellWhatIsMissing(transfer, journal.unanswered(listener.owner().pluginKey(), before), e);
            if (reportsErrors) {
                report(transfer, e);
            }
        }
    }

    /** A made-up answer may be why the app failed; then that is our fault, and the log says so. */
    private static void tellWhatIsMissing(Transfer transfer, List<HostCall> unanswered, Throwable error) {
        if (error instanceof UnsupportedOperationException && String.valueOf(error.getMessage()).contains(MISSING)) {
            LOG.warn("call", "Listener of " + transfer.serverAppKey() + " failed since " + error.getMessage());
        }
        if (unanswered.isEmpty() || isOfGateway(error)) {
            return;
        }
        Set<String> frames = new HashSet<>();
        for (Throwable at = error; at != null; at = at.getCause()) {
            for (StackTraceElement frame : at.getStackTrace()) {
                frames.add(frame.getClassName() + "." + frame.getMethodName());
            }
        }
        List<HostCall> there = unanswered.stream().filter(call -> frames.contains(call.caller())).toList();
        HostCall call = there.isEmpty() ? unanswered.get(unanswered.size() - 1) : there.get(there.size() - 1);
        LOG.warn("call", "Listener of " + transfer.serverAppKey() + " failed "
                + (there.isEmpty() ? "some time after " : "in the method that called ") + call.text()
                + ", which answered with an empty value: " + MISSING + " " + call.type());
    }

    /** Whether the gateway threw it, which says why by itself: no answer of the host has to do with that. */
    private static boolean isOfGateway(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        for (StackTraceElement frame : root.getStackTrace()) {
            String name = frame.getClassName();
            if (name.startsWith(GATEWAY) || name.startsWith(PLATFORM)) {
                return true;
            }
            if (!name.startsWith("java.") && !name.startsWith("jdk.")) {
                return false;
            }
        }
        return false;
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
