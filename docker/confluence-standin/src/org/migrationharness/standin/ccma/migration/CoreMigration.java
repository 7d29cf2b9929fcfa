package org.migrationharness.standin.ccma.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.migrationharness.standin.ccma.plans.EmailDomains;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;
import org.migrationharness.standin.log.Log;

/**
 * The core migration (spaces, users, templates). In this model it is done at once: each kind of data in the
 * plan is exported to a file in a folder of its own below the home, which is then removed, and spaces, users and
 * groups are sent to the cloud. A kind that cannot be exported or sent is left out; where that is so of all of them, the core migration fails.
 */
public final class CoreMigration {
    private static final Log LOG = Log.named("com.atlassian.migration.app.CoreMigration");

    private final Path exports;
    private final EmailDomains emailDomains;
    private final ContentExport content;

    /**
     * @param home the Confluence home
     * @param emailDomains the domains of the users that migrate
     * @param content sends what the server holds to the cloud
     */
    public CoreMigration(Path home, EmailDomains emailDomains, ContentExport content) {
        this.content = content;
        exports = home.resolve("migration");
        this.emailDomains = emailDomains;
    }

    /**
     * @return whether all of it was migrated; false when some kinds of data were not
     * @throws IOException when nothing can be exported, or users have an email domain that is refused
     */
    boolean run(Plan plan) throws IOException {
        List<String> refused = emailDomains.refused();
        if (plan.scope().includes(PlanScope.Kind.USERS) && !refused.isEmpty()) {
            throw new IOException("these email domains are not trusted: " + String.join(", ", refused));
        }
        Files.createDirectories(exports);
        List<PlanScope.Kind> wanted =
                plan.scope().include().stream().filter(kind -> kind != PlanScope.Kind.APPS).toList();
        long migrated = wanted.stream().filter(kind -> export(plan, kind)).count();
        if (migrated == 0 && !wanted.isEmpty()) {
            throw new IOException("nothing could be exported");
        }
        return migrated == wanted.size();
    }

    /** Whether one kind of data could be exported. */
    private boolean export(Plan plan, PlanScope.Kind kind) {
        try {
            Path folder = exports.resolve(kind.name().toLowerCase(Locale.ROOT));
            Files.createDirectories(folder);
            Path export = Files.createTempFile(folder, plan.id(), ".export");
            Files.delete(export);
            content.send(plan, kind);
            return true;
        } catch (IOException e) {
            LOG.error("export", "Core migration of plan " + plan.id() + ": " + kind.text() + " could not be migrated", e);
            return false;
        }
    }
}
