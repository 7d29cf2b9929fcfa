package org.migrationharness.standin.ccma.plans;

import java.util.ArrayList;
import java.util.List;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.Decision;
import org.migrationharness.standin.ccma.apps.InstalledApp;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.profile.Flags;

/**
 * "Check for errors". Of the documented app checks those that this model can know: assessment incomplete, no
 * consent, app not installed on the cloud site. Dev mode skips the app checks and does not list them. The
 * last is a warning here, although a real assistant may refuse: else rows of apps that cannot be linked,
 * which the seed's staff describe, could never be seen.
 */
public final class PreMigrationChecks {
    private final Flags flags;
    private final InstalledApps apps;
    private final Assessment assessment;
    private final PlatformClient platform;

    public PreMigrationChecks(Flags flags, InstalledApps apps, Assessment assessment, PlatformClient platform) {
        this.flags = flags;
        this.apps = apps;
        this.assessment = assessment;
        this.platform = platform;
    }

    /** How a check came out; only an error keeps a migration from going on. */
    public enum Outcome {
        PASSED,
        WARNING,
        ERROR
    }

    /** One check and its outcome. */
    public record Check(String title, Outcome outcome, String detail) {
    }

    public List<Check> run(PlanScope scope) {
        List<Check> checks = new ArrayList<>();
        checks.add(connection());
        if (scope.includes(PlanScope.Kind.APPS) && flags.appMigration() && !flags.devMode()) {
            checks.add(assessmentDone());
            for (InstalledApp app : needed()) {
                checks.add(consent(app));
                checks.add(installed(app));
            }
        }
        return checks;
    }

    public List<InstalledApp> needed() {
        return apps.all().stream()
                .filter(app -> assessment.decision(app.serverAppKey()) == Decision.NEEDED)
                .toList();
    }

    private Check connection() {
        try {
            return passed("Connection to " + platform.connection().cloudUrl());
        } catch (PlatformException e) {
            // A plan can be saved for later; run without the cloud it fails, and says so.
            return new Check("No connection to the cloud site", Outcome.WARNING, e.getMessage());
        }
    }

    private Check assessmentDone() {
        long undecided = apps.all().stream()
                .filter(app -> assessment.decision(app.serverAppKey()) == Decision.NONE)
                .count();
        return undecided == 0
                ? passed("App assessment is complete")
                : new Check("App assessment is incomplete", Outcome.ERROR,
                        undecided + (undecided == 1 ? " app has" : " apps have")
                                + " no decision: go to Assess your apps.");
    }

    private Check consent(InstalledApp app) {
        return assessment.isAgreed(app.serverAppKey())
                ? passed("Consent to migrate " + app.name())
                : new Check("No consent to migrate " + app.name(), Outcome.ERROR,
                        "Agree to its migration in Prepare your apps.");
    }

    private Check installed(InstalledApp app) {
        return isInstalledInCloud(app)
                ? passed(app.name() + " is installed in cloud")
                : new Check(app.name() + " is not installed in cloud", Outcome.WARNING,
                        "Its data cannot be migrated until it is.");
    }

    /** Unknown counts as no. */
    public boolean isInstalledInCloud(InstalledApp app) {
        try {
            return app.cloudAppKey() != null && platform.isInstalled(app.cloudAppKey());
        } catch (PlatformException e) {
            return false;
        }
    }

    private static Check passed(String title) {
        return new Check(title, Outcome.PASSED, "");
    }
}
