package com.atlassian.migration.app;

/** The environments that every Forge app has; an app may have others of its own. */
public final class ForgeEnvironmentName {
    public static final String PRODUCTION = "production";
    public static final String STAGING = "staging";
    public static final String DEVELOPMENT = "development";

    private ForgeEnvironmentName() {
    }
}
