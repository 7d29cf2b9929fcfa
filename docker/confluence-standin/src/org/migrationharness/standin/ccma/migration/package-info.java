/** What happens when a plan runs: the core migration, the app migration, the polls for its progress. */
package org.migrationharness.standin.ccma.migration;
