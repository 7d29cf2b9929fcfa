/** The container that plugins' beans live in: what Spring and Atlassian's scanner do for them in a real Confluence. */
package org.migrationharness.standin.container;
