package org.migrationharness.standin.ccma.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;

/**
 * The core migration (spaces, users, templates), done at once in this model: each kind of data of a plan is
 * exported below the home, and nothing more becomes of it. It fails where the export cannot be written.
 */
public final class CoreMigration {
    private final Path exports;

    public CoreMigration(Path home) {
        exports = home.resolve("migration");
    }

    /**
     * @throws IOException when there is no place for the export
     */
    void run(Plan plan) throws IOException {
        Files.createDirectories(exports);
        Path export = Files.createTempFile(exports, plan.id(), ".export");
        try {
            for (PlanScope.Kind kind : plan.scope().include()) {
                Files.writeString(export, kind.name());
            }
        } finally {
            Files.delete(export);
        }
    }
}
