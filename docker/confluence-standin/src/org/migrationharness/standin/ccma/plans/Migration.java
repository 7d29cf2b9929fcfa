package org.migrationharness.standin.ccma.plans;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.migrationharness.standin.ccma.rows.AppRow;
import org.migrationharness.standin.ccma.rows.RowStatus;
import org.migrationharness.standin.ccma.rows.RowUpdate;

/**
 * One run of a plan's app migration.
 *
 * @param migrationId the platform's id
 * @param startedAt epoch milliseconds; polls follow at whole periods from here
 * @param pollSeconds the poll period in seconds of server time
 * @param rows one per app
 * @param transfers the transfers created so far
 */
public record Migration(
        String migrationId, long startedAt, long pollSeconds, List<AppRow> rows, List<Transfer> transfers) {

    Optional<AppRow> row(String containerId) {
        return rows.stream().filter(row -> row.containerId().equals(containerId)).findFirst();
    }

    /** The rows of apps whose transfer was never made. */
    public List<AppRow> unstarted() {
        return rows.stream()
                .filter(row -> row.status() == RowStatus.READY)
                .filter(row -> transfers.stream().noneMatch(
                        transfer -> transfer.serverAppKey().equals(row.serverAppKey())))
                .toList();
    }

    Migration with(RowUpdate update) {
        List<AppRow> next = rows.stream()
                .map(row -> row.containerId().equals(update.containerId()) ? row.with(update) : row)
                .toList();
        return new Migration(migrationId, startedAt, pollSeconds, next, transfers);
    }

    public Migration with(Transfer transfer) {
        List<Transfer> next = new ArrayList<>(transfers);
        next.add(transfer);
        return new Migration(migrationId, startedAt, pollSeconds, rows, List.copyOf(next));
    }

    /**
     * Whether a transfer has not settled. A transfer that has no row is never seen to settle, so its polls go
     * on: that is the dev-mode bug.
     */
    public boolean isUnsettled() {
        return transfers.stream()
                .anyMatch(transfer -> !row(transfer.containerId())
                        .map(row -> row.status().settled())
                        .orElse(false));
    }
}
