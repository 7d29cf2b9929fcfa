package org.migrationharness.standin.ccma.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.migrationharness.standin.ccma.plans.EmailDomains;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;

/**
 * The core migration (spaces, users, templates). In this model it is done at once: each kind of data in the
 * plan is exported to a file in the home, which is then removed. It fails when the export cannot be written.
 */
public final class CoreMigration {
    private final Path exports;
    private final EmailDomains emailDomains;

    /**
     * @param home the Confluence home
     * @param emailDomains the domains of the users that migrate
     */
    public CoreMigration(Path home, EmailDomains emailDomains) {
        exports = home.resolve("migration");
        this.emailDomains = emailDomains;
    }

    /**
     * @throws IOException when the export cannot be written, or users have an email domain that is refused
     */
    void run(Plan plan) throws IOException {
        List<String> refused = emailDomains.refused();
        if (plan.scope().includes(PlanScope.Kind.USERS) && !refused.isEmpty()) {
            throw new IOException("these email domains are not trusted: " + String.join(", ", refused));
        }
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
