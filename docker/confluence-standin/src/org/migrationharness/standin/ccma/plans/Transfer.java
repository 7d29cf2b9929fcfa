package org.migrationharness.standin.ccma.plans;

/**
 * The platform's unit of one listener's migration, as this server remembers it.
 *
 * @param transferId the platform's id
 * @param containerId what it was registered under
 * @param serverAppKey whose it is
 */
public record Transfer(String transferId, String containerId, String serverAppKey) {
}
