package org.migrationharness.standin.upm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.log.Log;

/** Runs UPM's long tasks on one thread. Only one runs at a time; a second one gets a conflict. */
final class TaskManager {
    private static final Log LOG =
            Log.named("com.atlassian.upm.core.install.DefaultPluginInstallationService");
    private static final int REMEMBERED = 200;

    private final Plugins plugins;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread named = new Thread(work, "UpmAsynchronousTaskManager:thread-1");
        named.setDaemon(true);
        return named;
    });
    private final Map<String, UpmTask> tasks =
            Collections.synchronizedMap(new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, UpmTask> eldest) {
                    return size() > REMEMBERED;
                }
            });

    TaskManager(Plugins plugins) {
        this.plugins = plugins;
    }

    Optional<UpmTask> find(String id) {
        return Optional.ofNullable(tasks.get(id));
    }

    Collection<UpmTask> pending() {
        synchronized (tasks) {
            return List.copyOf(tasks.values()).stream().filter(task -> !task.done()).toList();
        }
    }

    /**
     * @param artifact gives the file, which is deleted when the task ends
     * @throws HttpProblem 409 while another task runs
     */
    void install(UpmTask task, Artifact artifact) {
        claim();
        tasks.put(task.id(), task);
        thread.execute(() -> {
            Path upload = null;
            try {
                upload = artifact.fetch();
                task.installing();
                task.installed(plugins.install(upload).key());
            } catch (JarRejectedException e) {
                LOG.error("execute", "Failed to install plugin from " + task.source() + ": " + e.getMessage(),
                        e.getCause());
                task.failed(e);
            } catch (IOException | RuntimeException e) {
                LOG.error("execute", "Failed to install plugin", e);
                task.failed(new JarRejectedException("upm.pluginInstall.error.install.failed",
                        "The plugin could not be stored: " + e.getMessage(), e));
            } finally {
                if (upload != null) {
                    remove(upload);
                }
                busy.set(false);
            }
        });
    }

    /** A task that ends at once with an error. */
    void refuse(UpmTask task, JarRejectedException why) {
        LOG.error("execute", "Failed to install plugin from " + task.source() + ": " + why.getMessage(), null);
        task.failed(why);
        tasks.put(task.id(), task);
    }

    /**
     * Removes a plugin. That is no task that others collide with: an upload that follows at once, as pluploader's
     * does, waits its turn.
     *
     * @throws HttpProblem 409 while an installation runs
     */
    void uninstall(String key) {
        if (busy.get()) {
            throw conflict();
        }
        thread.execute(() -> {
            try {
                plugins.uninstall(key);
            } catch (IOException | RuntimeException e) {
                LOG.error("uninstall", "Failed to uninstall plugin " + key, e);
            }
        });
    }

    private void claim() {
        if (!busy.compareAndSet(false, true)) {
            throw conflict();
        }
    }

    private static HttpProblem conflict() {
        return new HttpProblem(409, "Another task is running. Try again when it has ended.");
    }

    private static void remove(Path upload) {
        try {
            Files.deleteIfExists(upload);
        } catch (IOException e) {
            LOG.error("remove", "Failed to remove " + upload, e);
        }
    }
}
