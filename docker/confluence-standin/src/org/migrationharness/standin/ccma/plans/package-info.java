/** The plans that an admin made, their checks, and the runs of their app migrations. */
package org.migrationharness.standin.ccma.plans;
