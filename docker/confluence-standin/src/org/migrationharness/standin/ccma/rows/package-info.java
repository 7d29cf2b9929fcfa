/** The rows under "App migration progress". */
package org.migrationharness.standin.ccma.rows;
