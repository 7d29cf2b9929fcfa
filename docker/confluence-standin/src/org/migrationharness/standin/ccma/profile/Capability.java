package org.migrationharness.standin.ccma.profile;

import java.util.Locale;

/** What an assistant can do, or cannot do yet; {@code profiles.txt} says since when. */
public enum Capability {
    /** The trigger resource. */
    TRIGGER_REST,
    /** The progress resource. */
    PROGRESS_REST,
    /** An exception in a listener is reported to the cloud. */
    REPORT_LISTENER_ERRORS,
    /** An app whose migration did not succeed can be run again. */
    RERUN,
    /** That ends twelve days after the first try. */
    END_RERUNS,
    /** Of a Connect and a Forge listener for one pair of keys, the app in the cloud decides. */
    CHOOSE_LISTENER_BY_CLOUD,
    /** An app can be cancelled by itself, and its row then says "Canceling". */
    CANCEL_AN_APP,
    /** Plans have a "View logs" link. */
    PROGRESS_LOGS;

    /** The capability that {@code profiles.txt} calls so. */
    static Capability named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
