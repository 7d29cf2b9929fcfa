package org.migrationharness.standin.ccma.migration;

import java.util.Set;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.http.HttpProblem;

/** What an admin may do with one app of a plan: "Cancel" and "Re-run", in the versions that have them. */
public final class AppActions {
    private final MigrationRunner runner;
    private final Profile profile;

    public AppActions(MigrationRunner runner, Profile profile) {
        this.runner = runner;
        this.profile = profile;
    }

    /** Whether this version has any. */
    public boolean any() {
        return profile.has(Capability.CANCEL_AN_APP) || profile.has(Capability.RERUN);
    }

    public Set<String> cancellable(Plan plan) {
        return profile.has(Capability.CANCEL_AN_APP) ? runner.cancellable(plan.id()) : Set.of();
    }

    public Set<String> rerunnable(Plan plan) {
        return profile.has(Capability.RERUN) ? runner.rerunnable(plan.id()) : Set.of();
    }

    /** Cancels an app, or says why not. */
    public void cancel(Plan plan, String serverAppKey) {
        try {
            if (!cancellable(plan).contains(serverAppKey) || !runner.cancel(plan.id(), serverAppKey)) {
                throw new HttpProblem(409, "The app cannot be cancelled: that takes an app that has been under way "
                        + "for at least 30 minutes");
            }
        } catch (PlatformException e) {
            throw new HttpProblem(502, "The app could not be cancelled: " + e.getMessage());
        }
    }

    /** Runs an app again, or says why not. */
    public void rerun(Plan plan, String serverAppKey) {
        try {
            if (!rerunnable(plan).contains(serverAppKey)
                    || runner.rerun(plan.id(), Set.of(serverAppKey)).isEmpty()) {
                throw new HttpProblem(409, "The app cannot be run again: that takes an app that failed or is "
                        + "incomplete, and a first try within 12 days");
            }
        } catch (PlatformException e) {
            throw new HttpProblem(502, "The app could not be run again: " + e.getMessage());
        }
    }
}
