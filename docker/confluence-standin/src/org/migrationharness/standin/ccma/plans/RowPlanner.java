package org.migrationharness.standin.ccma.plans;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.Decision;
import org.migrationharness.standin.ccma.apps.InstalledApp;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.rows.AppRow;

/** Decides which apps a plan migrates and which container each row is kept by. */
public final class RowPlanner {
    private final Flags flags;
    private final InstalledApps apps;
    private final Assessment assessment;

    public RowPlanner(Flags flags, InstalledApps apps, Assessment assessment) {
        this.flags = flags;
        this.apps = apps;
        this.assessment = assessment;
    }

    /**
     * The rows of a plan by the flags and apps of this moment: from the assessment's needed apps, whether or
     * not their listener is visible, or in dev mode, which bypasses the assessment, from the listeners found,
     * each with a container of its own.
     */
    public List<AppRow> rows(String planId) {
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
