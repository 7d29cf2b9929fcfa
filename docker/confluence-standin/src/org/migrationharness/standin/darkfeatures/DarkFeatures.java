package org.migrationharness.standin.darkfeatures;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Properties;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.migrationharness.standin.store.JsonFile;

/**
 * The feature flags. What is in force is the union of the levels, so a key that a JVM property sets cannot be
 * switched off at run time (Java API, DarkFeatures; the consequence is inferred).
 */
public final class DarkFeatures {
    private static final String PREFIX = "atlassian.darkfeature.";
    /** Turns all dark features off; the literal is Jira's, as far as public code shows. */
    private static final String DISABLE_ALL = "atlassian.darkfeature.disabled";

    private final JsonFile<Set<String>> file;
    private final boolean disabled;
    private final SortedSet<String> system = new TreeSet<>();
    private volatile SortedSet<String> site;

    /**
     * @param state the folder that keeps the site level
     * @param properties the JVM's properties: {@code atlassian.darkfeature.KEY=true} is the system level
     */
    public DarkFeatures(Path state, Properties properties) {
        file = new JsonFile<>(state.resolve("site-dark-features.json"), new TypeToken<>() { });
        site = new TreeSet<>(file.load(Set.of()));
        disabled = Boolean.parseBoolean(properties.getProperty(DISABLE_ALL));
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(PREFIX) && !name.equals(DISABLE_ALL)
                    && Boolean.parseBoolean(properties.getProperty(name))) {
                system.add(name.substring(PREFIX.length()));
            }
        }
    }

    /** Whether {@code key} is on for everybody: system or site. */
    public boolean isOnGlobally(String key) {
        return !disabled && (system.contains(key) || site.contains(key));
    }

    public SortedSet<String> system() {
        return system;
    }

    public SortedSet<String> site() {
        return site;
    }

    public synchronized void enableForSite(Collection<String> keys) {
        TreeSet<String> next = new TreeSet<>(site);
        next.addAll(keys);
        replaceSite(next);
    }

    public synchronized void disableForSite(Collection<String> keys) {
        TreeSet<String> next = new TreeSet<>(site);
        next.removeAll(keys);
        replaceSite(next);
    }

    private void replaceSite(SortedSet<String> next) {
        if (!next.equals(site)) {
            file.save(next);
            site = next;
        }
    }
}
