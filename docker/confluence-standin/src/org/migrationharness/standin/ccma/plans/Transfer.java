package org.migrationharness.standin.ccma.plans;

/**
 * The platform's unit of one listener's migration, as this server remembers it.
 *
 * @param transferId the platform's id
 * @param containerId the container that it was registered under
 * @param serverAppKey the server app whose data it moves
 */
public record Transfer(String transferId, String containerId, String serverAppKey) {
}
