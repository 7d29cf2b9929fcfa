package org.migrationharness.standin.host;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.migrationharness.standin.store.JsonFile;

/** The host that plugins run in: what it knows, and what they asked it. */
public final class Host {
    private final Path home;
    private final String baseUrl;
    private final HostJournal journal = new HostJournal();
    private final JsonFile<HostFacts> factsFile;
    private final JsonFile<Map<String, Map<String, String>>> settingsFile;
    private final Map<String, Map<String, String>> settings;
    private final Map<String, PluginFacts> plugins = new ConcurrentHashMap<>();
    private volatile HostFacts facts;
    private Supplier<List<Map<String, String>>> users = List::of;
    private Supplier<List<Map<String, String>>> spaces = List::of;

    /** What another plugin can learn of one. */
    public record PluginFacts(String key, String name, String version) {
    }

    /**
     * @param state the folder that keeps what was stated and what plugins stored
     * @param home the Confluence home
     * @param baseUrl the server's base URL
     */
    public Host(Path state, Path home, String baseUrl) {
        this.home = home;
        this.baseUrl = baseUrl;
        factsFile = new JsonFile<>(state.resolve("host-facts.json"), new TypeToken<>() { });
        settingsFile = new JsonFile<>(state.resolve("plugin-settings.json"), new TypeToken<>() { });
        facts = factsFile.load(HostFacts.NONE).complete();
        settings = new LinkedHashMap<>(settingsFile.load(Map.of()));
    }

    public HostJournal journal() {
        return journal;
    }

    /** What was stated; of users and spaces, those that the server has where none were stated. */
    public HostFacts facts() {
        return new HostFacts(facts.users().isEmpty() ? users.get() : facts.users(),
                facts.spaces().isEmpty() ? spaces.get() : facts.spaces(), facts.answers());
    }

    /** Has plugins told of the users and spaces that the server has. */
    public void knows(Supplier<List<Map<String, String>>> serversUsers, Supplier<List<Map<String, String>>> serversSpaces) {
        users = serversUsers;
        spaces = serversSpaces;
    }

    public void state(HostFacts stated) {
        factsFile.save(stated.complete());
        facts = stated.complete();
    }

    Path home() {
        return home;
    }

    String baseUrl() {
        return baseUrl;
    }

    public void know(PluginFacts plugin) {
        plugins.put(plugin.key(), plugin);
    }

    public void forget(String plugin) {
        plugins.remove(plugin);
        journal.forget(plugin);
    }

    Optional<PluginFacts> plugin(String key) {
        return Optional.ofNullable(plugins.get(key));
    }

    synchronized String setting(String namespace, String key) {
        return settings.getOrDefault(namespace, Map.of()).get(key);
    }

    synchronized List<String> settingKeys(String namespace) {
        return List.copyOf(settings.getOrDefault(namespace, Map.of()).keySet());
    }

    /** Keeps a setting; null removes it. Returns the old one. */
    synchronized String setSetting(String namespace, String key, String value) {
        Map<String, String> all = new LinkedHashMap<>(settings.getOrDefault(namespace, Map.of()));
        String old = value == null ? all.remove(key) : all.put(key, value);
        settings.put(namespace, all);
        settingsFile.save(new LinkedHashMap<>(settings));
        return old;
    }

    static Optional<Map<String, String>> find(Collection<Map<String, String>> all, String wanted, String... members) {
        return all.stream()
                .filter(one -> List.of(members).stream().anyMatch(member -> wanted.equals(one.get(member))))
                .findFirst();
    }
}
