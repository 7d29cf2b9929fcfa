package org.migrationharness.standin.ccma.migration;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import org.migrationharness.standin.ccma.plans.Migration;

/**
 * A migration that the cloud knows and whose listeners are still to be called.
 *
 * @param planId the plan that it is a run of
 * @param migration the run as it began
 * @param details what its listeners are told about it
 * @param isRerun whether it repeats, for some apps, a run that did not succeed
 */
record StartedMigration(String planId, Migration migration, MigrationDetailsV1 details, boolean isRerun) {
    String migrationId() {
        return migration.migrationId();
    }
}
