/** The client of the cloud. */
package org.migrationharness.standin.ccma.platform;
