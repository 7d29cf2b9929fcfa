/** The pages that an admin goes through. */
package org.migrationharness.standin.ccma.pages;
