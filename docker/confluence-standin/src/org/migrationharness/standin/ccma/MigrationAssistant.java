package org.migrationharness.standin.ccma;

import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.migrationharness.standin.Settings;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.gateway.PlatformGateway;
import org.migrationharness.standin.ccma.listeners.ListenerLookup;
import org.migrationharness.standin.ccma.migration.CoreMigration;
import org.migrationharness.standin.ccma.migration.MigrationRunner;
import org.migrationharness.standin.ccma.migration.Poller;
import org.migrationharness.standin.ccma.pages.AssessmentPages;
import org.migrationharness.standin.ccma.pages.MigrationPages;
import org.migrationharness.standin.ccma.pages.PlanWizard;
import org.migrationharness.standin.ccma.pages.ProgressLog;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanStatus;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.PreMigrationChecks;
import org.migrationharness.standin.ccma.plans.RowPlanner;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.ccma.rest.AppMigrationRest;
import org.migrationharness.standin.darkfeatures.DarkFeatures;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.upm.Plugins;
import org.osgi.framework.BundleContext;

/** CCMA, put together. */
public final class MigrationAssistant {
    private static final Log LOG = Log.named("com.atlassian.migration.app.MigrationAssistant");

    private final Plans plans;
    private final Poller poller;
    private final PlatformGateway gateway;
    private final MigrationPages pages;
    private final AssessmentPages assessmentPages;
    private final PlanWizard wizard;
    private final AppMigrationRest testingRest;
    private final BundleContext context;
    private final Profile profile;

    public MigrationAssistant(
            Path state, Settings settings, String serverId, String baseUrl, DarkFeatures features, Plugins plugins,
            BundleContext context) throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "migration-assistant");
            thread.setDaemon(true);
            return thread;
        });
        this.context = context;
        profile = settings.profile();
        plans = new Plans(state);
        PlatformClient platform = new PlatformClient(state, settings, serverId, baseUrl);
        gateway = new PlatformGateway(platform, threads);
        poller = new Poller(plans, platform);
        Flags flags = new Flags(features);
        Assessment assessment = new Assessment(state, settings.assessmentPresumed());
        ListenerLookup listeners = new ListenerLookup(context, plugins, profile, gateway);
        InstalledApps apps = new InstalledApps(plugins, listeners);
        RowPlanner rowPlanner = new RowPlanner(flags, apps, assessment);
        PreMigrationChecks checks = new PreMigrationChecks(flags, apps, assessment, platform);
        MigrationRunner runner = new MigrationRunner(
                plans, new CoreMigration(settings.home()), flags, profile, rowPlanner, apps, assessment, platform,
                poller, threads);
        assessmentPages = new AssessmentPages(apps, assessment, checks);
        pages = new MigrationPages(
                plans, flags, profile, runner, assessmentPages, new ProgressLog(platform));
        wizard = new PlanWizard(plans, rowPlanner, checks, runner, settings.cloudUrl().toString());
        testingRest = new AppMigrationRest(plans, runner);
    }

    /** Before plugins start: first-generation listeners take the gateway as a service. */
    public void publishGateway() {
        context.registerService(AppCloudMigrationGateway.class, gateway, null);
    }

    public void addTo(Routes routes) {
        pages.addTo(routes);
        assessmentPages.addTo(routes);
        wizard.addTo(routes);
        if (profile.testingRest()) {
            testingRest.addTo(routes);
        }
    }

    /** Takes up what a restart interrupted. */
    public void resume() {
        for (Plan plan : plans.all()) {
            if (plan.status() == PlanStatus.RUNNING) {
                LOG.warn("resume", "Plan " + plan.id() + " was interrupted by a restart");
                plans.change(plan.id(), old -> old.with(PlanStatus.INCOMPLETE));
            }
        }
        poller.resume();
    }
}
