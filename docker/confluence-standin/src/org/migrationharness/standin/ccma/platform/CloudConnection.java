package org.migrationharness.standin.ccma.platform;

/**
 * This server's connection to its cloud site.
 *
 * @param token authorises every call
 * @param cloudUrl the site
 * @param migrationScopeId names the pair of server and site
 * @param confluenceClientKey the site's Connect client key
 */
public record CloudConnection(String token, String cloudUrl, String migrationScopeId, String confluenceClientKey) {
}
