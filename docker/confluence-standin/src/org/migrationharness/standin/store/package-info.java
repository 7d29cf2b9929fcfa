/** Files in the home that survive a kill. */
package org.migrationharness.standin.store;
