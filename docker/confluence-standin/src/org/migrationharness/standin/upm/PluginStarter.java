package org.migrationharness.standin.upm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.migrationharness.standin.bundles.BundleMaker;
import org.migrationharness.standin.bundles.BundleMaker.MadeBundle;
import org.migrationharness.standin.container.ContextException;
import org.migrationharness.standin.container.PluginContainer;
import org.migrationharness.standin.host.Host;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.osgi.OsgiFramework;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Starts a plugin: makes its bundles, has the framework start them, and starts their containers. */
public final class PluginStarter {
    private static final Log LOG = Log.named("com.atlassian.plugin.osgi.factory.OsgiPlugin");
    /** However fast the server's clock runs, a context gets this much wall time. */
    private static final int LEAST_WALL_SECONDS = 10;

    private final OsgiFramework framework;
    private final BundleMaker maker;
    private final Host host;
    private final long waitMillis;

    /**
     * @param enableWait seconds of server time that a context may take
     * @param timeScale how many times faster than wall time the server's clock runs
     */
    public PluginStarter(OsgiFramework framework, BundleMaker maker, Host host, int enableWait, int timeScale) {
        this.framework = framework;
        this.maker = maker;
        this.host = host;
        waitMillis = 1000L * Math.max(enableWait, timeScale == 1 ? 0 : LEAST_WALL_SECONDS * timeScale);
    }

    /**
     * Starts a plugin.
     *
     * @param plugin the plugin
     * @param folder where its jars are
     * @throws BundleException when a bundle cannot be resolved or started
     * @throws ContextException when a container cannot be started
     */
    RunningPlugin start(Plugin plugin, Path folder) throws BundleException, ContextException, IOException {
        PluginDescriptor descriptor = plugin.descriptor();
        RunningPlugin running = new RunningPlugin(
                plugin.key(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        host.know(new Host.PluginFacts(plugin.key(), descriptor.name(), descriptor.version()));
        try {
            for (String jar : plugin.dependencies()) {
                String name = "dependency-" + jar.replaceAll("[^A-Za-z0-9]", "-");
                startOne(running, folder.resolve(jar), name, name, "1", Map.of());
            }
            startOne(running, folder.resolve(plugin.jar()), plugin.key(), descriptor.name(), descriptor.version(),
                    descriptor.instructions());
            return running;
        } catch (BundleException | ContextException | IOException | RuntimeException | LinkageError e) {
            stop(running);
            throw e;
        }
    }

    private void startOne(
            RunningPlugin running, Path jar, String key, String name, String version, Map<String, String> instructions)
            throws BundleException, ContextException, IOException {
        Set<String> exported = framework.exportedPackages();
        MadeBundle made = maker.make(jar, key, name, version, instructions, exported::contains);
        Bundle bundle;
        try {
            bundle = framework.install("upm:" + key, made.file());
        } finally {
            Files.deleteIfExists(made.file());
        }
        running.bundles().add(bundle);
        running.made().add(made);
        running.containers().add(
                PluginContainer.start(bundle, running.key(), host, made.types(), waitMillis));
    }

    /** Stops what runs of a plugin; nothing of it stays in the framework. */
    void stop(RunningPlugin running) throws BundleException {
        host.forget(running.key());
        running.containers().forEach(PluginContainer::stop);
        List<Bundle> bundles = running.bundles();
        for (int i = bundles.size() - 1; i >= 0; i--) {
            if (bundles.get(i).getState() != Bundle.UNINSTALLED) {
                bundles.get(i).uninstall();
            }
        }
        if (bundles.size() > 1) {
            framework.refresh(bundles);
        }
        LOG.debug("stop", "Plugin " + running.key() + " is stopped");
    }
}
