package org.migrationharness.standin.ccma.rows;

/**
 * Something that happened to the transfer of a container.
 *
 * @param containerId whose news it is
 * @param status the new state
 * @param percent progress, or null
 * @param message the cloud app's words, or null
 * @param at epoch milliseconds
 */
public record RowUpdate(String containerId, RowStatus status, Integer percent, String message, long at) {
}
