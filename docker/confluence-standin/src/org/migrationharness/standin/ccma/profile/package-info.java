/** What makes one assistant behave unlike another: its version and the two dark features. */
package org.migrationharness.standin.ccma.profile;
