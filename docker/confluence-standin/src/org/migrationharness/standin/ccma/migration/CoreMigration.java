package org.migrationharness.standin.ccma.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;

/**
 * The core migration (spaces, users, templates). In this model it is done at once: each kind of data in the
 * plan is exported to a file in the home, which is then removed. It fails when the export cannot be written.
 */
public final class CoreMigration {
    private final Path exports;

    /**
     * @param home the Confluence home
     */
    public CoreMigration(Path home) {
        exports = home.resolve("migration");
    }

    /**
     * @throws IOException when the export cannot be written
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
