package org.migrationharness.standin.lifecycle;

/** Confluence's own states, as its Java API lists them; there is no MAINTENANCE. */
public enum ApplicationState {
    STARTING,
    FIRST_RUN,
    RUNNING,
    ERROR,
    STOPPING
}
