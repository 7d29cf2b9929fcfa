/** The set-up wizard and what it writes down. */
package org.migrationharness.standin.setup;
