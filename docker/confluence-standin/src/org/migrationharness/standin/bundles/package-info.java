/** Makes of a plugin's jar the bundle that the framework is given. */
package org.migrationharness.standin.bundles;
