package org.migrationharness.standin.ccma.plans;

import java.util.ArrayList;
import java.util.List;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.CloudApps;
import org.migrationharness.standin.ccma.apps.InstalledApp;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.profile.Flags;

/**
 * "Check for errors". Apps' own checks run in dev mode too. Of the documented app checks, these are the ones that this model can answer: assessment
 * incomplete, no consent, app not installed on the cloud site. Dev mode skips the app checks and does not list
 * them. The last one is only a warning here, although the real assistant may refuse: otherwise nobody could
 * see the rows of apps that cannot be linked, which the seed's staff describe.
 */
public final class PreMigrationChecks {
    private final Flags flags;
    private final InstalledApps apps;
    private final Assessment assessment;
    private final PlatformClient platform;
    private final CloudApps cloudApps;
    private final VendorChecks vendorChecks;

    public PreMigrationChecks(
            Flags flags,
            InstalledApps apps,
            Assessment assessment,
            PlatformClient platform,
            CloudApps cloudApps,
            VendorChecks vendorChecks) {
        this.vendorChecks = vendorChecks;
        this.flags = flags;
        this.apps = apps;
        this.assessment = assessment;
        this.platform = platform;
        this.cloudApps = cloudApps;
    }

    /** The outcome of a check; only an error blocks the migration. */
    public enum Outcome {
        PASSED,
        WARNING,
        ERROR
    }

    /** One check and its outcome. */
    public record Check(String title, Outcome outcome, String detail) {
        public boolean blocks() {
            return outcome == Outcome.ERROR;
        }
    }

    public List<Check> run(PlanScope scope) {
        List<Check> checks = new ArrayList<>();
        checks.add(connection());
        if (scope.includes(PlanScope.Kind.APPS) && flags.appMigration() && !flags.devMode()) {
            List<InstalledApp> all = apps.all();
            checks.add(assessed(assessment.undecided(all)));
            for (InstalledApp app : assessment.needed(all)) {
                checks.add(consent(app));
                checks.add(installed(app));
            }
        }
        if (scope.includes(PlanScope.Kind.APPS) && flags.appMigration()) {
            checks.addAll(vendorChecks.run());
        }
        return checks;
    }

    private Check connection() {
        try {
            return passed("Connection to " + platform.connectedSite());
        } catch (PlatformException e) {
            if (platform.isExpired()) {
                return new Check("The connection to the cloud site has expired", Outcome.ERROR,
                        "Connect the site again on the Migration Assistant's home.");
            }
            // Only a warning: the plan can be saved for later, and a run without the cloud fails and says why.
            return new Check("No connection to the cloud site", Outcome.WARNING, e.getMessage());
        }
    }

    private static Check assessed(int undecided) {
        return undecided == 0
                ? passed("App assessment is complete")
                : new Check("App assessment is incomplete", Outcome.ERROR,
                        undecided + (undecided == 1 ? " app has" : " apps have")
                                + " no decision: go to Assess your apps.");
    }

    private Check consent(InstalledApp app) {
        return assessment.hasConsent(app.serverAppKey())
                ? passed("Consent to migrate " + app.name())
                : new Check("No consent to migrate " + app.name(), Outcome.ERROR,
                        "Agree to its migration in Prepare your apps.");
    }

    private Check installed(InstalledApp app) {
        return cloudApps.isInstalled(app)
                ? passed(app.name() + " is installed in cloud")
                : new Check(app.name() + " is not installed in cloud", Outcome.WARNING,
                        "Its data cannot be migrated until it is.");
    }

    private static Check passed(String title) {
        return new Check(title, Outcome.PASSED, "");
    }
}
