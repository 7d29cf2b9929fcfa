package org.migrationharness.standin.ccma.platform;

/**
 * The cloud site that a migration goes to.
 *
 * @param url the site's URL
 * @param confluenceClientKey the Connect client key of its Confluence, or null
 * @param jiraClientKey the Connect client key of its Jira, or null
 */
public record CloudSite(String url, String confluenceClientKey, String jiraClientKey) {
}
