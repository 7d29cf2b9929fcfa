package org.migrationharness.standin.http;

import java.util.Optional;

/** Where a form may send its user afterwards. */
public final class LocalPath {
    private LocalPath() {
    }

    /** Only paths of our own: a full URL here would send a fresh session anywhere. */
    public static Optional<String> of(String wanted) {
        boolean ours = wanted.startsWith("/") && !wanted.startsWith("//") && !wanted.contains("\\")
                && wanted.chars().noneMatch(c -> c <= ' ');
        return ours ? Optional.of(wanted) : Optional.empty();
    }
}
