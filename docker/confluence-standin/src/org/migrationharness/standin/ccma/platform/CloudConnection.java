package org.migrationharness.standin.ccma.platform;

/**
 * This server's connection to its cloud site.
 *
 * @param token what authorises every call
 * @param expiresAt when the token ends, in epoch milliseconds of platform time
 * @param cloudUrl the URL of the site
 * @param migrationScopeId the id of the pair of server and site
 * @param confluenceClientKey the site's Connect client key
 */
public record CloudConnection(
        String token, long expiresAt, String cloudUrl, String migrationScopeId, String confluenceClientKey) {

    CloudConnection with(String next, long nextExpiresAt) {
        return new CloudConnection(next, nextExpiresAt, cloudUrl, migrationScopeId, confluenceClientKey);
    }
}
