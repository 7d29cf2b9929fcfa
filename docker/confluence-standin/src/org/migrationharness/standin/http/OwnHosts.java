package org.migrationharness.standin.http;

import java.util.Locale;
import java.util.Set;

/**
 * The names by which this server is called. A page of another site whose name was bound anew to this machine's
 * address is of the same origin for its browser, and only the Host it sends tells it from this server's own pages.
 * The product has no such check: behind a proxy it may have any name.
 *
 * @param more names that are allowed beside those that mean this machine or its network; {@code *} allows all
 */
public record OwnHosts(Set<String> more) {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "host.docker.internal");

    /**
     * Whether a name is an address, means this machine wherever it is looked up, has no dot (which names on a
     * Docker network are, and names of the internet are not), or is allowed.
     */
    public boolean has(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return THIS_MACHINE.contains(name) || name.endsWith(".localhost")
                || name.startsWith("[") || name.matches("[0-9.]+") || !name.contains(".")
                || more.contains(name) || more.contains("*");
    }
}
