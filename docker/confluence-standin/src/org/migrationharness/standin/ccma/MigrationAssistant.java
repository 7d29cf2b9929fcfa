package org.migrationharness.standin.ccma;

import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import com.atlassian.migration.app.tracker.CloudMigrationAccessor;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.apps.CloudApps;
import org.migrationharness.standin.ccma.apps.InstalledApps;
import org.migrationharness.standin.ccma.gateway.PlatformGateway;
import org.migrationharness.standin.ccma.gateway.TrackerGateway;
import org.migrationharness.standin.ccma.listeners.AppListener;
import org.migrationharness.standin.ccma.listeners.ListenerLookup;
import org.migrationharness.standin.ccma.listeners.TrackerRegistrar;
import org.migrationharness.standin.ccma.migration.AppMigration;
import org.migrationharness.standin.ccma.migration.ContentExport;
import org.migrationharness.standin.ccma.migration.CoreMigration;
import org.migrationharness.standin.ccma.migration.ListenerCaller;
import org.migrationharness.standin.ccma.migration.MigrationRunner;
import org.migrationharness.standin.ccma.migration.Poller;
import org.migrationharness.standin.ccma.migration.TransferContainers;
import org.migrationharness.standin.ccma.migration.TransferStarter;
import org.migrationharness.standin.ccma.pages.AssessmentPages;
import org.migrationharness.standin.ccma.pages.DashboardPage;
import org.migrationharness.standin.ccma.pages.PlanPages;
import org.migrationharness.standin.ccma.pages.PlanWizard;
import org.migrationharness.standin.ccma.pages.ProgressLog;
import org.migrationharness.standin.ccma.pages.ScriptedPages;
import org.migrationharness.standin.ccma.plans.EmailDomains;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanStatus;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.plans.PreMigrationChecks;
import org.migrationharness.standin.ccma.plans.RowPlanner;
import org.migrationharness.standin.ccma.plans.VendorChecks;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.profile.Capability;
import org.migrationharness.standin.ccma.profile.Flags;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.ccma.rest.AppListRest;
import org.migrationharness.standin.ccma.rest.AppMigrationRest;
import org.migrationharness.standin.ccma.rest.EmailDomainRest;
import org.migrationharness.standin.ccma.rest.PlanRest;
import org.migrationharness.standin.content.Site;
import org.migrationharness.standin.host.Host;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.upm.Plugins;
import org.osgi.framework.BundleContext;

/** Puts the migration assistant together and starts it. */
public final class MigrationAssistant {
    private static final Log LOG = Log.named("com.atlassian.migration.app.MigrationAssistant");

    private final AssistantSettings settings;
    private final BundleContext bundles;
    private final Plugins confluencePlugins;
    private final Flags flags;
    private final Plans plans;
    private final PlatformClient platform;
    private final PlatformGateway gateway;
    private final Poller poller;
    private final ListenerLookup listeners;
    private final TrackerRegistrar tracker;
    private final Host host;
    private final Site site;
    private final InstalledApps apps;
    private final CloudApps cloudApps;
    private final Assessment assessment;
    private final EmailDomains emailDomains;
    private final Executor threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "migration-assistant");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param settings the assistant's settings
     * @param confluence the server that the assistant is installed in
     */
    public MigrationAssistant(AssistantSettings settings, ConfluenceServices confluence) throws IOException {
        this.settings = settings;
        bundles = confluence.bundles();
        confluencePlugins = confluence.plugins();
        flags = new Flags(confluence.features());
        plans = new Plans(confluence.state());
        platform = new PlatformClient(confluence.state(), settings.platform(), confluence.server());
        gateway = new PlatformGateway(platform, threads);
        poller = new Poller(plans, platform, settings.profile(), flags);
        host = confluence.host();
        site = confluence.site();
        tracker = new TrackerRegistrar(new TrackerGateway(gateway));
        cloudApps = new CloudApps(platform);
        Predicate<AppListener> chosenByCloud = settings.profile().has(Capability.CHOOSE_LISTENER_BY_CLOUD)
                ? cloudApps::hasTypeOf
                : listener -> false;
        listeners = new ListenerLookup(bundles, confluence.plugins(), settings.profile().generations(), gateway,
                tracker, chosenByCloud);
        apps = new InstalledApps(confluence.plugins(), listeners);
        emailDomains = new EmailDomains(confluence.state(), confluence.emails());
        assessment = new Assessment(confluence.state(), settings.assessmentPresumed());
    }

    /** To be called before plugins start: listeners of the first generations import services of the assistant. */
    public void publishServices() {
        bundles.registerService(new String[] {
            AppCloudMigrationGateway.class.getName(),
            com.atlassian.migration.app.AppCloudMigrationGateway.class.getName()}, gateway, null);
        bundles.registerService(CloudMigrationAccessor.Registrar.class, tracker, null);
    }

    public void addTo(Routes routes) {
        Profile profile = settings.profile();
        RowPlanner rowPlanner = new RowPlanner(flags, apps, assessment);
        MigrationRunner runner = runner(rowPlanner);
        AssessmentPages assessmentPages = new AssessmentPages(apps, assessment, cloudApps);
        assessmentPages.addTo(routes);
        new AppListRest(apps, assessment, cloudApps).addTo(routes);
        new EmailDomainRest(emailDomains).addTo(routes);
        String cloudSite = settings.platform().cloudUrl().toString();
        PreMigrationChecks checks = new PreMigrationChecks(flags, apps, assessment, platform, cloudApps,
                new VendorChecks(bundles, confluencePlugins, cloudSite));
        if (settings.pages().scripted()) {
            new ScriptedPages(plans, new ProgressLog(platform), profile, settings.pages()).addTo(routes);
            new PlanRest(plans, rowPlanner, checks, runner,
                    new PlanRest.Setting(cloudSite, site.store(), flags, profile, apps, assessment, platform)).addTo(routes);
        } else {
            new DashboardPage(plans, assessmentPages, platform).addTo(routes);
            new PlanPages(plans, runner, new ProgressLog(platform), profile, flags).addTo(routes);
            new PlanWizard(plans, rowPlanner, checks, runner, cloudSite, site.store()).addTo(routes);
        }
        new AppMigrationRest(plans, runner, profile).addTo(routes);
    }

    private MigrationRunner runner(RowPlanner rowPlanner) {
        Profile profile = settings.profile();
        ListenerCaller caller = new ListenerCaller(
                plans, platform, profile.has(Capability.REPORT_LISTENER_ERRORS), host.journal());
        TransferStarter transfers = new TransferStarter(plans, listeners, platform,
                new TransferContainers(profile.containerIdSource(), assessment), caller);
        CoreMigration core = new CoreMigration(settings.home(), emailDomains, new ContentExport(site, platform));
        return new MigrationRunner(plans, core,
                new AppMigration(plans, rowPlanner, platform, transfers, poller,
                        profile), threads);
    }

    /** Goes on with what a restart interrupted. */
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
