/** The application log. */
package org.migrationharness.standin.log;
