package org.migrationharness.standin.http;

import java.util.Optional;

/** Where a form may redirect its user. */
public final class LocalPath {
    private LocalPath() {
    }

    /**
     * Only paths on this server: a full URL could take a user who just logged in to any site. Only characters that a
     * header has, too: browsers leave some of the others out, and so does what writes the header.
     */
    public static Optional<String> of(String target) {
        boolean local = target.startsWith("/") && !target.startsWith("//") && !target.contains("\\")
                && target.chars().allMatch(c -> c > ' ' && c <= '~');
        return local ? Optional.of(target) : Optional.empty();
    }
}
