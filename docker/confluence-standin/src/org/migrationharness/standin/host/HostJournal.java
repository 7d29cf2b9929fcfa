package org.migrationharness.standin.host;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What plugins called of the host: each method with how often, and the last calls in their order. */
public final class HostJournal {
    private static final int REMEMBERED = 500;

    private final Map<String, Map<List<Object>, CallCount>> counts = new LinkedHashMap<>();
    private final Deque<HostCall> last = new ArrayDeque<>();
    private long sequence;

    synchronized void add(String plugin, String type, String method, String caller, boolean answered) {
        HostCall call = new HostCall(plugin, type, method, caller, answered, ++sequence);
        counts.computeIfAbsent(plugin, key -> new LinkedHashMap<>()).compute(
                List.of(type, method, answered),
                (key, count) -> (count == null ? new CallCount(type, method, answered, 0, 0) : count).oneMore());
        last.addLast(call);
        if (last.size() > REMEMBERED) {
            last.removeFirst();
        }
    }

    /** A mark: calls after it are {@link #unanswered}. */
    public synchronized long mark() {
        return sequence;
    }

    /** The calls of a plugin since a mark that got an empty value, oldest first. */
    public synchronized List<HostCall> unanswered(String plugin, long since) {
        return last.stream()
                .filter(call -> call.plugin().equals(plugin) && call.sequence() > since && !call.answered())
                .toList();
    }

    /** How often a plugin called each method, in the order of the first calls. */
    public synchronized List<CallCount> counts(String plugin) {
        return List.copyOf(counts.getOrDefault(plugin, Map.of()).values());
    }

    synchronized void forget(String plugin) {
        counts.remove(plugin);
        last.removeIf(call -> call.plugin().equals(plugin));
    }
}
