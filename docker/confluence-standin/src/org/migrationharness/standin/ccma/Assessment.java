package org.migrationharness.standin.ccma;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.migrationharness.standin.store.JsonFile;

/** "Assess your apps": the admin's decision per app, and the container that a needed app migrates in. */
public final class Assessment {
    private final JsonFile<Map<String, Entry>> file;
    private Map<String, Entry> entries;

    public Assessment(Path state) {
        file = new JsonFile<>(state.resolve("app-assessment.json"), new TypeToken<>() { });
        entries = new TreeMap<>(file.load(Map.of()));
    }

    /** Every app with a listener counts as needed in cloud, as the seed's reporter had decided. */
    synchronized Entry entry(String serverAppKey) {
        Entry known = entries.get(serverAppKey);
        if (known != null) {
            return known;
        }
        Entry entry = new Entry(UUID.randomUUID().toString(), serverAppKey);
        Map<String, Entry> next = new TreeMap<>(entries);
        next.put(serverAppKey, entry);
        file.save(next);
        entries = next;
        return entry;
    }

    /**
     * One app's entry.
     *
     * @param containerId made with the entry, and what the plans made from it keep its row by
     * @param serverAppKey the app
     */
    record Entry(String containerId, String serverAppKey) {
    }
}
