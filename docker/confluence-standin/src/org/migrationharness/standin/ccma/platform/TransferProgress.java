package org.migrationharness.standin.ccma.platform;

/**
 * The progress of one transfer, as the cloud answers a poll.
 *
 * @param containerId the container that the transfer was registered under
 * @param status the platform's word for its state
 * @param percent from 0 to 100, or null
 * @param message what the cloud app said last, or null
 * @param lastUpdatedAt epoch milliseconds, or 0
 */
public record TransferProgress(
        String containerId, String status, Integer percent, String message, long lastUpdatedAt) {
}
