package org.migrationharness.standin.ccma;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Decides which apps a plan migrates and which container each row is kept by. */
final class RowPlanner {
    private final Flags flags;
    private final InstalledApps apps;
    private final Assessment assessment;

    RowPlanner(Flags flags, InstalledApps apps, Assessment assessment) {
        this.flags = flags;
        this.apps = apps;
        this.assessment = assessment;
    }

    /**
     * The rows of a plan by the flags and apps of this moment: from the assessment's needed apps, whether or
     * not their listener is visible, or in dev mode, which bypasses the assessment, from the listeners found,
     * each with a container of its own.
     */
    List<AppRow> rows(String planId) {
        if (!flags.appMigration()) {
            return List.of();
        }
        if (flags.devMode()) {
            return apps.withListener().stream()
                    .map(app -> AppRow.ready(ownContainer(planId, app), app))
                    .toList();
        }
        return apps.all().stream()
                .filter(app -> assessment.decision(app.serverAppKey()) == Decision.NEEDED)
                .map(app -> AppRow.ready(assessment.entry(app.serverAppKey()).containerId(), app))
                .toList();
    }

    private static String ownContainer(String planId, InstalledApp app) {
        String name = planId + "/" + app.serverAppKey();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
