package org.migrationharness.standin.lifecycle;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The server's state, which changes only in the documented ways. */
public final class Lifecycle {
    private static final Map<ApplicationState, Set<ApplicationState>> TRANSITIONS = transitions();

    private volatile ApplicationState state = ApplicationState.STARTING;

    public ApplicationState state() {
        return state;
    }

    /**
     * @throws IllegalStateException when the product never makes this transition
     */
    public synchronized void moveTo(ApplicationState next) {
        if (!TRANSITIONS.get(state).contains(next)) {
            throw new IllegalStateException("There is no transition from " + state + " to " + next);
        }
        state = next;
    }

    private static Map<ApplicationState, Set<ApplicationState>> transitions() {
        Map<ApplicationState, Set<ApplicationState>> transitions = new EnumMap<>(ApplicationState.class);
        transitions.put(ApplicationState.STARTING, Set.of(ApplicationState.FIRST_RUN, ApplicationState.RUNNING,
                ApplicationState.ERROR, ApplicationState.STOPPING));
        transitions.put(ApplicationState.FIRST_RUN,
                Set.of(ApplicationState.RUNNING, ApplicationState.ERROR, ApplicationState.STOPPING));
        transitions.put(ApplicationState.RUNNING, Set.of(ApplicationState.ERROR, ApplicationState.STOPPING));
        transitions.put(ApplicationState.ERROR, Set.of(ApplicationState.RUNNING, ApplicationState.STOPPING));
        transitions.put(ApplicationState.STOPPING, Set.of());
        return transitions;
    }
}
