/** The OSGi framework that plugins run in. */
package org.migrationharness.standin.osgi;
