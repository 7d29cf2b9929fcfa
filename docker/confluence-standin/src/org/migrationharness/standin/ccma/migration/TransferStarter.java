package org.migrationharness.standin.ccma.migration;

import org.migrationharness.standin.ccma.listeners.AppListener;
import org.migrationharness.standin.ccma.listeners.ListenerLookup;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.Transfer;
import org.migrationharness.standin.ccma.platform.CreatedTransfer;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.platform.TransferRequest;
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;
import org.migrationharness.standin.log.Log;

/** Starts the transfer of a row: looks up its listener, registers the transfer, has the listener called. */
public final class TransferStarter {
    private static final Log LOG = Log.named("com.atlassian.migration.app.AppMigration");

    private final Plans plans;
    private final ListenerLookup listeners;
    private final PlatformClient platform;
    private final TransferContainers containers;
    private final ListenerCaller caller;

    public TransferStarter(
            Plans plans,
            ListenerLookup listeners,
            PlatformClient platform,
            TransferContainers containers,
            ListenerCaller caller) {
        this.plans = plans;
        this.listeners = listeners;
        this.platform = platform;
        this.containers = containers;
        this.caller = caller;
    }

    /** Whether an app's listener is of a kind that may be run again. */
    boolean canBeRerun(String serverAppKey) {
        return listeners.find(serverAppKey).map(AppListener::canBeRerun).orElse(false);
    }

    /** Starts the transfer of {@code row}; where it cannot, the log says why and the row stays READY. */
    void start(StartedMigration started, AppRow row) {
        AppListener listener = listeners.find(row.serverAppKey()).orElse(null);
        if (listener == null) {
            LOG.debug("startListeners", "No listener is visible for server app key " + row.serverAppKey());
            return;
        }
        if (listener.cloudAppKey() == null) {
            LOG.warn("startListeners", "Cloud app key is null for server app key " + row.serverAppKey());
            return;
        }
        try {
            register(started, row, listener);
        } catch (PlatformException e) {
            LOG.error("startListeners", "Transfer for " + row.serverAppKey() + " could not be created", e);
        }
    }

    private void register(StartedMigration started, AppRow row, AppListener listener) throws PlatformException {
        String containerId = containers.containerId(row);
        String original = started.isRerun() ? original(started.planId(), row.serverAppKey()) : null;
        CreatedTransfer created = platform.createTransfer(started.migrationId(), new TransferRequest(
                containerId, listener.serverAppKey(), listener.cloudAppKey(), listener.dataAccessScopes(),
                original));
        if (!created.linked()) {
            LOG.debug("register", "Server app " + row.serverAppKey() + " is not linked to a cloud app");
            return;
        }
        Transfer transfer = new Transfer(created.transferId(), containerId, row.serverAppKey(), original);
        plans.change(started.planId(),
                plan -> plan.change(started.migrationId(), migration -> migration.with(transfer)));
        plans.update(started.planId(), started.migrationId(),
                RowUpdate.now(containerId, RowStatus.STARTING, null));
        caller.callInBackground(started, transfer, listener);
    }

    private String original(String planId, String serverAppKey) {
        return plans.find(planId)
                .flatMap(plan -> plan.newestTransfer(serverAppKey))
                .map(Transfer::firstTransferId)
                .orElse(null);
    }
}
