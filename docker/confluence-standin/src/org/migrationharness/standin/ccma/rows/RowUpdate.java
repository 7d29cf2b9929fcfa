package org.migrationharness.standin.ccma.rows;

/**
 * A change to the row of a container.
 *
 * @param containerId which row changes
 * @param status its new status
 * @param percent its new percentage, or null
 * @param message what the cloud app said, or null
 * @param at epoch milliseconds
 */
public record RowUpdate(String containerId, RowStatus status, Integer percent, String message, long at) {
    /** A change that this server itself makes, now and without a message. */
    public static RowUpdate now(String containerId, RowStatus status, Integer percent) {
        return new RowUpdate(containerId, status, percent, null, System.currentTimeMillis());
    }
}
