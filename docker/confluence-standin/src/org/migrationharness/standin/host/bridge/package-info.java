/** The one class that is copied into bundles, so that made-up types there reach the stand-in. */
package org.migrationharness.standin.host.bridge;
