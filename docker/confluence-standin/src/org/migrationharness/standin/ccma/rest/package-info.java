/** The REST resources of the assistant. */
package org.migrationharness.standin.ccma.rest;
