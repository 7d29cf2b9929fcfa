package org.migrationharness.standin.ccma.platform;

/**
 * A transfer that the cloud has created.
 *
 * @param transferId the cloud's id of it
 * @param linked whether the cloud could link the server app to a cloud app
 */
public record CreatedTransfer(String transferId, boolean linked) {
}
