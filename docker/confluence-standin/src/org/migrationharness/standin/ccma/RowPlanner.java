package org.migrationharness.standin.ccma;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Decides which apps a plan migrates and which container each row is kept by. */
final class RowPlanner {
    private final Flags flags;
    private final Listeners listeners;
    private final Assessment assessment;

    RowPlanner(Flags flags, Listeners listeners, Assessment assessment) {
        this.flags = flags;
        this.listeners = listeners;
        this.assessment = assessment;
    }

    /**
     * The rows of a plan by the flags and apps of this moment: from the assessment, or in dev mode, which
     * bypasses it, from the listeners found, each with a container of its own.
     */
    List<AppRow> rows(String planId) {
        if (!flags.appMigration()) {
            return List.of();
        }
        boolean devMode = flags.devMode();
        return listeners.discover().stream()
                .map(listener -> AppRow.ready(
                        devMode ? ownContainer(planId, listener) : assessed(listener), listener))
                .toList();
    }

    private String assessed(AppListener listener) {
        return assessment.entry(listener.serverAppKey()).containerId();
    }

    private static String ownContainer(String planId, AppListener listener) {
        String name = planId + "/" + listener.serverAppKey();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
