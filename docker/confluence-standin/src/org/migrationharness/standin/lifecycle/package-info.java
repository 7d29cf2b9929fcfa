/** The state of the server. */
package org.migrationharness.standin.lifecycle;
