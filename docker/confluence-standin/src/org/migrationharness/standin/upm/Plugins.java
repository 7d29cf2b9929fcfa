package org.migrationharness.standin.upm;

import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.migrationharness.standin.container.ContextException;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.store.JsonFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * The installed plugins: their jars and their record in the home, their bundles in the framework. The record is
 * on disk before an installation is reported as done, so a killed server has the plugin when it starts again.
 */
public final class Plugins {
    private static final Log LOG =
            Log.named("com.atlassian.upm.core.install.DefaultPluginInstallationService");
    private static final Log LOG_CONTAINER = Log.named("com.atlassian.plugin.osgi.factory.OsgiPlugin");

    private final UpmSettings settings;
    private final JsonFile<Boolean> safeMode;
    private final Path folder;
    private final JsonFile<Map<String, Plugin>> file;
    private final PluginStarter starter;
    private final Map<String, RunningPlugin> running = new LinkedHashMap<>();
    private Map<String, Plugin> plugins;
    private boolean inSafeMode;

    /**
     * @param state the folder that keeps the plugins' jars and record
     * @param settings how uploads are treated
     * @param starter starts what is enabled
     */
    public Plugins(Path state, UpmSettings settings, PluginStarter starter) throws IOException {
        this.settings = settings;
        this.starter = starter;
        safeMode = new JsonFile<>(state.resolve("safe-mode.json"), new TypeToken<>() { });
        inSafeMode = safeMode.load(false);
        folder = Files.createDirectories(state.resolve("plugins"));
        file = new JsonFile<>(state.resolve("plugins.json"), new TypeToken<>() { });
        plugins = new LinkedHashMap<>(file.load(Map.of()));
    }

    /** Starts the stored plugins at boot; one that fails is logged and stays stopped. */
    public synchronized void restore() throws IOException {
        removeStrayJars();
        if (!inSafeMode) {
            startEnabled();
        }
    }

    private void startEnabled() {
        for (Plugin plugin : plugins.values()) {
            if (plugin.enabled()) {
                try {
                    startBundle(plugin);
                } catch (BundleException | ContextException | IOException | RuntimeException | LinkageError e) {
                    LOG.error("startEnabled", "Plugin " + plugin.key() + " could not be started", e);
                }
            }
        }
    }

    public synchronized Collection<Plugin> all() {
        return plugins.values().stream().toList();
    }

    public synchronized Optional<Plugin> find(String key) {
        return Optional.ofNullable(plugins.get(key));
    }

    /** Whether the plugin runs: the admin enabled it, and the framework started it. */
    public synchronized boolean isActive(Plugin plugin) {
        RunningPlugin now = running.get(plugin.key());
        return plugin.enabled() && now != null && now.isActive();
    }

    /** The plugin that a bundle belongs to. */
    public synchronized Optional<Plugin> owner(Bundle bundle) {
        return running.entrySet().stream()
                .filter(entry -> entry.getValue().has(bundle))
                .map(entry -> plugins.get(entry.getKey()))
                .findFirst();
    }

    /**
     * Installs an uploaded jar, or replaces the plugin of the same key.
     *
     * @param upload the file as received; it is moved once it is found to be sound
     * @throws JarRejectedException when it is not installed; nothing of it remains
     */
    synchronized Plugin install(Path upload) throws IOException, JarRejectedException {
        List<Path> kept = new ArrayList<>();
        try {
            return Obr.isObr(upload) ? installAll(upload, kept) : install(upload, List.of(), kept);
        } catch (IOException | JarRejectedException | RuntimeException e) {
            for (Path jar : kept) {
                Files.deleteIfExists(jar);
            }
            throw e;
        }
    }

    /** Installs the plugin of an .obr, and with it the bundles that it depends on. */
    private Plugin installAll(Path upload, List<Path> kept) throws IOException, JarRejectedException {
        try (Obr obr = Obr.unpack(upload, folder)) {
            List<String> dependencies = new ArrayList<>();
            for (Path dependency : obr.dependencies()) {
                PluginJar.check(dependency);
                Path jar = keep(dependency);
                kept.add(jar);
                dependencies.add(jar.getFileName().toString());
            }
            return install(obr.plugin(), dependencies, kept);
        }
    }

    private Plugin install(Path upload, List<String> dependencies, List<Path> kept)
            throws IOException, JarRejectedException {
        PluginDescriptor descriptor = PluginJar.inspect(upload, settings);
        Plugin old = plugins.get(descriptor.key());
        Path jar = keep(upload);
        kept.add(jar);
        Plugin plugin = new Plugin(descriptor, jar.getFileName().toString(), !settings.leftDisabled(), Set.of(),
                old == null ? null : old.license(), dependencies);
        try {
            stopBundle(descriptor.key());
            if (plugin.enabled()) {
                startBundle(plugin);
            }
        } catch (BundleException | ContextException | RuntimeException | LinkageError e) {
            startAgain(old);
            throw rejection(descriptor, e);
        }
        record(plugin);
        if (old != null) {
            removeJars(old);
        }
        return plugin;
    }

    private void removeJars(Plugin plugin) throws IOException {
        for (String jar : plugin.jars()) {
            Files.deleteIfExists(folder.resolve(jar));
        }
    }

    /** Removes a plugin and its record; does nothing when there is no such plugin. */
    synchronized void uninstall(String key) throws IOException {
        Plugin plugin = plugins.get(key);
        if (plugin == null) {
            return;
        }
        try {
            stopBundle(key);
        } catch (BundleException e) {
            LOG.error("uninstall", "Plugin " + key + " did not stop cleanly", e);
        }
        Map<String, Plugin> next = new LinkedHashMap<>(plugins);
        next.remove(key);
        file.save(next);
        plugins = next;
        removeJars(plugin);
    }

    /** Starts or stops a plugin, and stores that. */
    synchronized void setEnabled(String key, boolean enabled)
            throws BundleException, ContextException, IOException {
        Plugin plugin = plugins.get(key);
        if (enabled && running.get(key) == null) {
            startBundle(plugin);
        } else if (!enabled) {
            stopBundle(key);
        }
        record(plugin.withEnabled(enabled));
    }

    synchronized void change(String key, UnaryOperator<Plugin> change) {
        record(change.apply(plugins.get(key)));
    }

    synchronized boolean isSafeMode() {
        return inSafeMode;
    }

    /**
     * Safe mode stops all user-installed plugins. Leaving it starts those that were enabled, or disables them
     * if {@code keepState} is set.
     */
    synchronized void setSafeMode(boolean on, boolean keepState) {
        if (on == inSafeMode) {
            return;
        }
        safeMode.save(on);
        inSafeMode = on;
        if (on) {
            plugins.keySet().forEach(this::stopForSafeMode);
        } else if (keepState) {
            plugins.values().stream().toList().forEach(plugin -> record(plugin.withEnabled(false)));
        } else {
            startEnabled();
        }
    }

    private void stopForSafeMode(String key) {
        try {
            stopBundle(key);
        } catch (BundleException e) {
            LOG.error("stopForSafeMode", "Plugin " + key + " did not stop cleanly", e);
        }
    }

    private void record(Plugin plugin) {
        Map<String, Plugin> next = new LinkedHashMap<>(plugins);
        next.put(plugin.key(), plugin);
        file.save(next);
        plugins = next;
    }

    private void startBundle(Plugin plugin) throws BundleException, ContextException, IOException {
        running.put(plugin.key(), starter.start(plugin, folder));
    }

    private void stopBundle(String key) throws BundleException {
        RunningPlugin now = running.remove(key);
        if (now != null) {
            starter.stop(now);
        }
    }

    /** What was given to a running plugin of the host, if it runs. */
    synchronized Optional<RunningPlugin> running(String key) {
        return Optional.ofNullable(running.get(key));
    }

    private void startAgain(Plugin old) throws IOException {
        if (old != null && old.enabled()) {
            try {
                startBundle(old);
            } catch (BundleException | ContextException e) {
                LOG.error("install", "The old version of " + old.key() + " could not be started again", e);
            }
        }
    }

    private Path keep(Path upload) throws IOException {
        Path jar = folder.resolve(UUID.randomUUID() + ".jar");
        Files.move(upload, jar); // Of one home, so a large jar is not written a second time.
        try (FileChannel channel = FileChannel.open(jar, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        JsonFile.syncFolder(folder);
        return jar;
    }

    /** Removes jars without a record, which a process leaves when it is killed between the copy and the record. */
    private void removeStrayJars() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path path : all.toList()) {
                String name = path.getFileName().toString();
                if (plugins.values().stream().noneMatch(plugin -> plugin.jars().contains(name))) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static JarRejectedException rejection(PluginDescriptor descriptor, Throwable cause) {
        boolean unresolved = cause instanceof BundleException bundle
                && bundle.getType() == BundleException.RESOLVE_ERROR;
        if (cause instanceof ContextException) {
            LOG_CONTAINER.error("onPluginContainerFailed",
                    "Unable to start the plugin container for plugin '" + descriptor.key() + "'", cause);
            return new JarRejectedException("upm.pluginInstall.error.install.failed",
                    "Unable to start the plugin container for plugin '" + descriptor.key() + "': "
                            + cause.getMessage(), cause);
        }
        String subCode = unresolved
                ? "upm.pluginInstall.error.unresolved.dependencies"
                : "upm.pluginInstall.error.install.failed";
        String what = unresolved ? "could not be resolved" : "could not be started";
        return new JarRejectedException(subCode,
                "Plugin " + descriptor.key() + " " + what + ": " + cause.getMessage(), cause);
    }
}
