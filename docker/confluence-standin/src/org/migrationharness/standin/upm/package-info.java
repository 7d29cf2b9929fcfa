/** The Universal Plugin Manager. */
package org.migrationharness.standin.upm;
