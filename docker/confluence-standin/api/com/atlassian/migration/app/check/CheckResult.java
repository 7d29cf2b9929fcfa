package com.atlassian.migration.app.check;

/** The outcome of an app's check. */
public class CheckResult {
    private final boolean success;
    private final String stepsToResolveKey;

    public CheckResult(boolean success) {
        this(success, null);
    }

    public CheckResult(boolean success, String stepsToResolveKey) {
        this.success = success;
        this.stepsToResolveKey = stepsToResolveKey;
    }

    public boolean isSuccess() {
        return success;
    }

    public String getStepsToResolveKey() {
        return stepsToResolveKey;
    }
}
