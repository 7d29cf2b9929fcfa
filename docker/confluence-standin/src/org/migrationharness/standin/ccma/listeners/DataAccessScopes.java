package org.migrationharness.standin.ccma.listeners;

import java.util.List;
import java.util.Set;

/** The names of the scopes that a listener asks for. */
final class DataAccessScopes {
    private DataAccessScopes() {
    }

    /** Taken from their text, since a copy of the library has an enum of its own. */
    static List<String> names(Set<?> any) {
        return any == null ? List.of() : any.stream().map(Object::toString).sorted().toList();
    }
}
