package org.migrationharness.standin.ccma.profile;

/** What an assistant can do, or cannot do yet. */
public enum Capability {
    /** The progress and trigger resources (progress since 3.9.6, trigger since 3.4.8). */
    TESTING_REST,
    /** An exception in a listener is reported to the cloud (since 3.3.7). */
    LISTENER_ERROR_REPORTS,
    /** An app whose migration did not succeed can be run again (since 3.4.14; behind a flag since 3.4.7). */
    RERUN,
    /** Of a Connect and a Forge listener for one pair of keys, the app in the cloud decides (since 3.12.0). */
    LISTENER_BY_CLOUD_TYPE,
    /** Plans have a "View logs" link (since 3.4.11). */
    PROGRESS_LOGS
}
