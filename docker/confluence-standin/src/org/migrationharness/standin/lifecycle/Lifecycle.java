package org.migrationharness.standin.lifecycle;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The server's state and its documented moves. */
public final class Lifecycle {
    private static final Map<ApplicationState, Set<ApplicationState>> MOVES = moves();

    private volatile ApplicationState state = ApplicationState.STARTING;

    public ApplicationState state() {
        return state;
    }

    /**
     * @throws IllegalStateException when the product never makes this move
     */
    public synchronized void moveTo(ApplicationState next) {
        if (!MOVES.get(state).contains(next)) {
            throw new IllegalStateException("no move from " + state + " to " + next);
        }
        state = next;
    }

    private static Map<ApplicationState, Set<ApplicationState>> moves() {
        Map<ApplicationState, Set<ApplicationState>> moves = new EnumMap<>(ApplicationState.class);
        moves.put(ApplicationState.STARTING, Set.of(ApplicationState.FIRST_RUN, ApplicationState.RUNNING,
                ApplicationState.ERROR, ApplicationState.STOPPING));
        moves.put(ApplicationState.FIRST_RUN,
                Set.of(ApplicationState.RUNNING, ApplicationState.ERROR, ApplicationState.STOPPING));
        moves.put(ApplicationState.RUNNING, Set.of(ApplicationState.ERROR, ApplicationState.STOPPING));
        moves.put(ApplicationState.ERROR, Set.of(ApplicationState.RUNNING, ApplicationState.STOPPING));
        moves.put(ApplicationState.STOPPING, Set.of());
        return moves;
    }
}
