/** What a listener is given to reach the cloud with, and what it is told about its migration. */
package org.migrationharness.standin.ccma.gateway;
