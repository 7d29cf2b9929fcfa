/** What clients ask to find out whether the server is up, and what it is. */
package org.migrationharness.standin.status;
