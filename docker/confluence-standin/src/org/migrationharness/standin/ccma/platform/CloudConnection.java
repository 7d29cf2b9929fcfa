package org.migrationharness.standin.ccma.platform;

/**
 * This server's connection to its cloud site.
 *
 * @param token what authorises every call
 * @param cloudUrl the URL of the site
 * @param migrationScopeId the id of the pair of server and site
 * @param confluenceClientKey the site's Connect client key
 */
public record CloudConnection(String token, String cloudUrl, String migrationScopeId, String confluenceClientKey) {
}
