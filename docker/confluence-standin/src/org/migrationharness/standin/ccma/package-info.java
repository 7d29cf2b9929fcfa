/**
 * The Cloud Migration Assistant. {@link org.migrationharness.standin.ccma.MigrationAssistant} puts the packages
 * below it together; each of them imports only those that stand later in this list: pages and rest, migration,
 * plans, rows, apps, profile, listeners, gateway, platform.
 */
package org.migrationharness.standin.ccma;
