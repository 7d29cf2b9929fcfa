/** How the listeners of the installed apps are found, one adapter for each generation of the listener library. */
package org.migrationharness.standin.ccma.listeners;
