package org.migrationharness.standin.ccma.profile;

import org.migrationharness.standin.darkfeatures.DarkFeatures;

/** The two dark features of the seed. Whether user-level keys count is not published; here they do not. */
public final class Flags {
    private static final String FEATURE = "migration-assistant.app-migration.feature";
    private static final String DEV_MODE = "migration-assistant.app-migration.dev-mode";

    private final DarkFeatures features;

    public Flags(DarkFeatures features) {
        this.features = features;
    }

    /** Whether plans have an app migration at all; in 2021 this flag decided that. */
    public boolean appMigration() {
        return features.isOnGlobally(FEATURE);
    }

    public boolean devMode() {
        return features.isOnGlobally(DEV_MODE);
    }
}
