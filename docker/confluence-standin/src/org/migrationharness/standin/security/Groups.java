package org.migrationharness.standin.security;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.migrationharness.standin.store.JsonFile;

/** The groups and their members. The two that Confluence comes with are always there. */
public final class Groups {
    public static final String ADMINISTRATORS = "confluence-administrators";
    public static final String USERS = "confluence-users";
    private static final List<String> OWN = List.of(ADMINISTRATORS, USERS);

    private final JsonFile<Map<String, TreeSet<String>>> file;
    private final Map<String, TreeSet<String>> members;

    Groups(Path state) {
        file = new JsonFile<>(state.resolve("groups.json"), new TypeToken<>() { });
        members = new TreeMap<>(file.load(Map.of()));
        OWN.forEach(name -> members.computeIfAbsent(name, key -> new TreeSet<>()));
    }

    public synchronized List<String> all() {
        return List.copyOf(members.keySet());
    }

    public synchronized boolean exists(String group) {
        return members.containsKey(group);
    }

    public synchronized List<String> members(String group) {
        return List.copyOf(members.getOrDefault(group, new TreeSet<>()));
    }

    public synchronized List<String> of(String user) {
        return members.entrySet().stream()
                .filter(group -> group.getValue().contains(user))
                .map(Map.Entry::getKey)
                .toList();
    }

    synchronized boolean isMember(String group, String user) {
        return members.getOrDefault(group, new TreeSet<>()).contains(user);
    }

    public synchronized void create(String group) {
        members.computeIfAbsent(group, key -> new TreeSet<>());
        file.save(members);
    }

    synchronized void remove(String group) {
        members.remove(group);
        file.save(members);
    }

    static boolean isConfluencesOwn(String group) {
        return OWN.contains(group);
    }

    public synchronized void join(String group, String user) {
        members.computeIfAbsent(group, key -> new TreeSet<>()).add(user);
        file.save(members);
    }

    synchronized void leave(String group, String user) {
        members.get(group).remove(user);
        file.save(members);
    }

    synchronized void forget(String user) {
        members.values().forEach(each -> each.remove(user));
        file.save(members);
    }

    synchronized Map<String, Set<String>> copy() {
        Map<String, Set<String>> copy = new TreeMap<>();
        members.forEach((name, some) -> copy.put(name, Set.copyOf(some)));
        return copy;
    }

    synchronized void putBack(Map<String, Set<String>> kept) {
        members.clear();
        kept.forEach((name, some) -> members.put(name, new TreeSet<>(some)));
        file.save(members);
    }
}
