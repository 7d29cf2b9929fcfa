package org.migrationharness.standin.ccma.rows;

/**
 * The states of an app's row under "App migration progress". READY, STARTING, RUNNING and COMPLETE are seen
 * in the seed, "Canceling" is documented; the texts of the others are inferred from the platform's states.
 */
public enum RowStatus {
    READY("Ready", "READY", false),
    STARTING("Starting", "STARTING", false),
    RUNNING("Running", "IN_PROGRESS", false),
    COMPLETE("Complete", "SUCCESS", true),
    INCOMPLETE("Incomplete", "INCOMPLETE", true),
    FAILED("Failed", "FAILED", true),
    TIMED_OUT("Timed out", "TIMED_OUT", true),
    CANCELLING("Canceling", "CANCELLATION_REQUESTED", false),
    CANCELLED("Cancelled", "CANCELLED", true),
    SKIPPED("Skipped", "SKIPPED", true);

    private final String text;
    private final String platformName;
    private final boolean settled;

    RowStatus(String text, String platformName, boolean settled) {
        this.text = text;
        this.platformName = platformName;
        this.settled = settled;
    }

    /** What an admin reads; the stylesheet capitalises it. */
    public String text() {
        return text;
    }

    /** The platform's word, which the progress REST speaks. */
    public String platformName() {
        return platformName;
    }

    public boolean settled() {
        return settled;
    }

    /** A state that is not known here is still running. */
    public static RowStatus fromPlatform(String name) {
        for (RowStatus status : values()) {
            if (status.platformName.equals(name)) {
                return status;
            }
        }
        return RUNNING;
    }
}
