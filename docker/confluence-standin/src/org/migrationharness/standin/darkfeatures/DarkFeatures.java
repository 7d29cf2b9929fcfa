package org.migrationharness.standin.darkfeatures;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.migrationharness.standin.store.JsonFile;

/**
 * The feature flags. A feature is on if any level has it, so one that a JVM property sets cannot be switched off
 * at run time (Java API, DarkFeatures; the consequence is inferred).
 */
public final class DarkFeatures {
    private static final String PREFIX = "atlassian.darkfeature.";
    /** Turns all dark features off; public code shows this name for Jira only. */
    private static final String DISABLE_ALL = "atlassian.darkfeature.disabled";

    private final JsonFile<Set<String>> siteFile;
    private final JsonFile<Map<String, Set<String>>> usersFile;
    private final boolean disabled;
    private final SortedSet<String> system = new TreeSet<>();
    private volatile SortedSet<String> site;
    private volatile Map<String, Set<String>> users;

    /**
     * @param state the folder that stores the site and user levels
     * @param properties the JVM's properties: {@code atlassian.darkfeature.KEY=true} is the system level
     */
    public DarkFeatures(Path state, Properties properties) {
        siteFile = new JsonFile<>(state.resolve("site-dark-features.json"), new TypeToken<>() { });
        usersFile = new JsonFile<>(state.resolve("user-dark-features.json"), new TypeToken<>() { });
        site = new TreeSet<>(siteFile.load(Set.of()));
        users = usersFile.load(Map.of());
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

    /** Whether {@code key} is on for one user: system, site or their own. */
    boolean isOnFor(String user, String key) {
        return isOnGlobally(key) || !disabled && user(user).contains(key);
    }

    SortedSet<String> system() {
        return system;
    }

    SortedSet<String> site() {
        return site;
    }

    SortedSet<String> user(String name) {
        return new TreeSet<>(users.getOrDefault(name, Set.of()));
    }

    synchronized void changeSite(Collection<String> keys, boolean on) {
        SortedSet<String> next = changed(site, keys, on);
        if (!next.equals(site)) {
            siteFile.save(next);
            site = next;
        }
    }

    synchronized void changeUser(String name, Collection<String> keys, boolean on) {
        Map<String, Set<String>> next = new TreeMap<>(users);
        next.put(name, changed(user(name), keys, on));
        usersFile.save(next);
        users = next;
    }

    private static SortedSet<String> changed(Collection<String> before, Collection<String> keys, boolean on) {
        SortedSet<String> next = new TreeSet<>(before);
        if (on) {
            next.addAll(keys);
        } else {
            next.removeAll(keys);
        }
        return next;
    }
}
