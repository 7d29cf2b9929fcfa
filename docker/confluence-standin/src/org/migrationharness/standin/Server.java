package org.migrationharness.standin;

import com.google.gson.Gson;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.migrationharness.standin.bundles.BundleMaker;
import org.migrationharness.standin.bundles.ProvidedJars;
import org.migrationharness.standin.ccma.ConfluenceServices;
import org.migrationharness.standin.ccma.MigrationAssistant;
import org.migrationharness.standin.ccma.platform.ServerIdentity;
import org.migrationharness.standin.content.Site;
import org.migrationharness.standin.darkfeatures.DarkFeatureRoutes;
import org.migrationharness.standin.darkfeatures.DarkFeatures;
import org.migrationharness.standin.host.Host;
import org.migrationharness.standin.http.NotThere;
import org.migrationharness.standin.http.Pages;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.http.StaticFiles;
import org.migrationharness.standin.lifecycle.ApplicationState;
import org.migrationharness.standin.lifecycle.Lifecycle;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.log.LogLevel;
import org.migrationharness.standin.log.LogSink;
import org.migrationharness.standin.log.RollingFile;
import org.migrationharness.standin.osgi.OsgiFramework;
import org.migrationharness.standin.pages.ConfigurationPages;
import org.migrationharness.standin.pages.PeoplePages;
import org.migrationharness.standin.pages.StartPage;
import org.migrationharness.standin.security.AccessTokenRest;
import org.migrationharness.standin.security.AccessTokens;
import org.migrationharness.standin.security.Authenticator;
import org.migrationharness.standin.security.LoginPages;
import org.migrationharness.standin.security.PeopleRest;
import org.migrationharness.standin.security.Users;
import org.migrationharness.standin.security.WebSudo;
import org.migrationharness.standin.setup.SetupConfig;
import org.migrationharness.standin.setup.SetupSettings;
import org.migrationharness.standin.setup.SetupWizard;
import org.migrationharness.standin.status.Product;
import org.migrationharness.standin.status.StatusRoutes;
import org.migrationharness.standin.status.SynchronyRoutes;
import org.migrationharness.standin.store.JsonFile;
import org.migrationharness.standin.tomcat.Dispatcher;
import org.migrationharness.standin.tomcat.ServerOutput;
import org.migrationharness.standin.tomcat.WebServer;
import org.migrationharness.standin.upm.HostRoutes;
import org.migrationharness.standin.upm.PluginStarter;
import org.migrationharness.standin.upm.Plugins;
import org.migrationharness.standin.upm.UpmRoutes;
import org.migrationharness.standin.upm.UpmSettings;
import org.osgi.framework.BundleException;

/** Puts the stand-in together, and starts and stops its parts in order. */
final class Server {
    private static final Log LOG = Log.named("com.atlassian.confluence.lifecycle");
    private static final long LOG_LIMIT = 20L << 20;
    private static final int LOG_BACKUPS = 5;
    /** Seconds of wall time; {@code docker stop} gives ten in all. */
    private static final long STOP_WAITS = 5;
    /**
     * Tomcat's own loggers, referenced so that their levels are not garbage-collected. We report start-up
     * errors ourselves, and the session id generator would warn that it is slow when the clock runs fast.
     */
    private static final List<Logger> QUIET = Stream.of(
            "org.apache.catalina.core",
            "org.apache.catalina.util",
            "org.apache.coyote",
            "org.apache.tomcat.util.net")
            .map(Logger::getLogger)
            .toList();

    private final Settings settings;
    private final Lifecycle lifecycle = new Lifecycle();
    private final CountDownLatch started = new CountDownLatch(1);
    private final OsgiFramework framework;
    private final WebServer web;
    private final Routes routes = new Routes();
    private final NotThere notThere = new NotThere();
    private final Path state;
    private final Users users;
    private final AccessTokens tokens;
    private final WebSudo webSudo;
    private final SetupConfig config;

    Server(Settings settings) throws IOException {
        this.settings = settings;
        Path home = settings.process().home();
        openLog();
        Logger.getLogger("").setLevel(Level.WARNING);
        QUIET.forEach(logger -> logger.setLevel(Level.OFF));
        state = Files.createDirectories(home.resolve("standin"));
        users = new Users(state);
        config = new SetupConfig(home);
        framework = new OsgiFramework(home.resolve("plugins-osgi-cache"), settings.assistant().profile().exports());
        tokens = new AccessTokens(state);
        webSudo = new WebSudo(users, settings.process().timeScale());
        web = new WebServer(settings.web(), new Dispatcher(
                routes, notThere, new Authenticator(users, tokens, settings.login().basicAllowed()), webSudo,
                lifecycle, new Pages(settings.assistant().profile().version(), Product.VERSION)));
    }

    /**
     * @throws Exception when not even /status can be served; a later failure sets the state to ERROR
     */
    void start() throws Exception {
        try {
            new StatusRoutes(lifecycle, users, config).addTo(routes);
            new StaticFiles().addTo(routes);
            notThere.addTo(routes);
            web.start();
            writePorts();
            startConfluence();
        } finally {
            started.countDown();
        }
    }

    private void startConfluence() {
        try {
            startParts();
        } catch (IOException | BundleException | RuntimeException | LinkageError e) {
            if (!isStopping()) {
                LOG.error("init", "Confluence could not be started", e);
                lifecycle.moveTo(ApplicationState.ERROR);
            }
        }
    }

    boolean isStopping() {
        return lifecycle.state() == ApplicationState.STOPPING;
    }

    private void startParts() throws IOException, BundleException {
        SetupSettings setup = settings.setup();
        if (setup.preset() && !config.isComplete()) {
            users.create(setup.adminUser(), "Administrator", "admin@example.com", setup.adminPassword());
            config.complete();
        }
        SetupWizard wizard = new SetupWizard(config, setup.variables(), users, lifecycle);
        wizard.begin();
        wizard.addTo(routes);
        startApplication();
        if (isStopping()) {
            return;
        }
        lifecycle.moveTo(config.isComplete() ? ApplicationState.RUNNING : ApplicationState.FIRST_RUN);
        LOG.info("init", "Confluence is ready to serve");
        long milliseconds = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
        ServerOutput.started(milliseconds);
    }

    private void startApplication() throws IOException, BundleException {
        framework.start();
        DarkFeatures features = new DarkFeatures(state, System.getProperties());
        UpmSettings upm = UpmSettings.fromProperties();
        Path home = settings.process().home();
        String baseUrl = "http://localhost:" + web.httpPort();
        Host host = new Host(state, home, baseUrl);
        Site site = new Site(state, users);
        host.knows(site::userFacts, site::spaceFacts);
        ProvidedJars provided = new ProvidedJars(state.resolve("host-jars"));
        Plugins plugins = new Plugins(state, upm, new PluginStarter(framework,
                new BundleMaker(provided, home.resolve("temp")), host, upm.enableWait(),
                settings.process().timeScale()));
        ServerIdentity identity = new ServerIdentity(config.serverId(), baseUrl);
        MigrationAssistant assistant = new MigrationAssistant(settings.assistant(), new ConfluenceServices(
                state, identity, features, plugins, users::emails, site, framework.context(), host));
        assistant.publishServices();
        plugins.restore();
        new LoginPages(users, settings.login().twoStep()).addTo(routes);
        webSudo.addTo(routes);
        new SynchronyRoutes(state).addTo(routes);
        new AccessTokenRest(tokens, settings.process().timeScale()).addTo(routes);
        new DarkFeatureRoutes(features).addTo(routes);
        new PeopleRest(users).addTo(routes);
        site.addTo(routes);
        new StartPage(site.store()).addTo(routes);
        new ConfigurationPages(config, home, baseUrl).addTo(routes);
        new PeoplePages(users).addTo(routes);
        new UpmRoutes(plugins, upm, home.resolve("temp"), settings.process().timeScale(),
                settings.assistant().profile().version()).addTo(routes);
        new HostRoutes(host, provided, plugins, home.resolve("temp")).addTo(routes);
        assistant.addTo(routes);
        assistant.resume();
    }

    /** A start that is under way is let come to its end, if that takes no longer than a stop may. */
    void stop() {
        if (!isStopping()) {
            lifecycle.moveTo(ApplicationState.STOPPING);
            try {
                started.await(STOP_WAITS * settings.process().timeScale(), TimeUnit.SECONDS);
                web.stop();
                framework.stop();
            } catch (LifecycleException | BundleException | InterruptedException e) {
                LOG.error("destroy", "Confluence did not stop cleanly", e);
            }
        }
    }

    private void openLog() throws IOException {
        LogLevel level = LogLevel.valueOf(
                System.getProperty("standin.log.level", "WARN"));
        Path file = settings.process().home().resolve("logs/atlassian-confluence.log");
        Log.use(settings.process().logToStdout()
                ? LogSink.toStream(System.out, level)
                : LogSink.toFile(new RollingFile(file, LOG_LIMIT, LOG_BACKUPS), level));
    }

    private void writePorts() {
        Path portsFile = settings.process().portsFile();
        if (portsFile != null) {
            String json = new Gson().toJson(
                    Map.of("http", web.httpPort(), "synchrony", web.synchronyPort()));
            JsonFile.write(portsFile, json.getBytes(StandardCharsets.UTF_8));
        }
    }
}
