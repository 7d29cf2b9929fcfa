/** The installed apps, with what the admin decided about each of them. */
package org.migrationharness.standin.ccma.apps;
