package org.migrationharness.standin.container;

import java.util.List;

/** A value that a definition gives to a constructor or a property. */
sealed interface ValueSpec {
    /** Another bean. */
    record Reference(String bean) implements ValueSpec {
    }

    /** A text, turned into what is needed. */
    record Text(String value) implements ValueSpec {
    }

    /** A list or set. */
    record Many(List<ValueSpec> items) implements ValueSpec {
    }

    /** A map; keys and values take turns. */
    record Pairs(List<ValueSpec> items) implements ValueSpec {
    }

    /** Null. */
    record Nothing() implements ValueSpec {
    }
}
