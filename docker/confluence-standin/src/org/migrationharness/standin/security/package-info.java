/** Users, and the ways to log in. */
package org.migrationharness.standin.security;
