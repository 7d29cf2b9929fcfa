package org.migrationharness.standin.lifecycle;

/** Confluence's own states, as its Java API lists them. There is no MAINTENANCE state. */
public enum ApplicationState {
    STARTING,
    FIRST_RUN,
    RUNNING,
    ERROR,
    STOPPING
}
