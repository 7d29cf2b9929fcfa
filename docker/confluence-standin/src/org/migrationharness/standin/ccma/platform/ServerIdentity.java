package org.migrationharness.standin.ccma.platform;

/**
 * How this server introduces itself to the cloud.
 *
 * @param id the server id
 * @param baseUrl the server's base URL
 */
public record ServerIdentity(String id, String baseUrl) {
}
