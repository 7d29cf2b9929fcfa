/** What Confluence gives its plugins, as far as this stand-in can: real where we know, made up and recorded elsewhere. */
package org.migrationharness.standin.host;
