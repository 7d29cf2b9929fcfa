package org.migrationharness.standin.ccma.plans;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.InstalledApp;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.rows.AppRow;

/** Decides which apps a plan migrates, and which container each row belongs to. */
public final class RowPlanner {
    private final Flags flags;
    private final InstalledApps apps;
    private final Assessment assessment;

    public RowPlanner(Flags flags, InstalledApps apps, Assessment assessment) {
        this.flags = flags;
        this.apps = apps;
        this.assessment = assessment;
    }

    /** Whether a plan with this scope has an app migration. */
    public boolean migratesApps(PlanScope scope) {
        return flags.appMigration() && scope.includes(PlanScope.Kind.APPS);
    }

    /**
     * The rows of a plan as the flags and apps are now. They come from the apps that the assessment says are
     * needed, whether or not their listener is visible. In dev mode, which bypasses the assessment, they come
     * from the listeners that are found, and each has a container of its own.
     */
    public List<AppRow> rows(String planId) {
        if (!flags.appMigration()) {
            return List.of();
        }
        if (flags.devMode()) {
            return apps.withListener().stream()
                    .map(app -> AppRow.ready(ownContainerId(planId, app), app))
                    .toList();
        }
        return assessment.needed(apps.all()).stream()
                .map(app -> AppRow.ready(assessment.containerId(app.serverAppKey()), app))
                .toList();
    }

    private static String ownContainerId(String planId, InstalledApp app) {
        String name = planId + "/" + app.serverAppKey();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
