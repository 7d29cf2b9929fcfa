package org.migrationharness.standin.ccma.platform;

/**
 * A migration that the cloud has created.
 *
 * @param migrationId the cloud's id of it
 * @param migrationScopeId the id of the pair of server and site
 * @param name the plan's name
 * @param createdAt epoch milliseconds of platform time
 * @param site where it goes
 */
public record CreatedMigration(
        String migrationId, String migrationScopeId, String name, long createdAt, CloudSite site) {
}
