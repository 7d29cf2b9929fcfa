package org.migrationharness.standin.content;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;

/**
 * What a client wants shown in full ({@code expand=body.storage,version}). What the real one would show and this
 * one does not have is answered 501, since an empty list of labels reads as a page without labels.
 */
final class Expansion {
    private static final Set<String> KNOWN = Set.of(
            "space", "container", "history", "version", "ancestors", "body", "body.storage", "children",
            "children.page", "description", "homepage", "content");
    private static final List<String> MISSING = List.of(
            "body.", "metadata", "operations", "restrictions", "children.", "descendants", "permissions", "icon");

    private final List<String> wanted;

    private Expansion(List<String> wanted) {
        this.wanted = wanted;
    }

    /**
     * @throws HttpProblem 501 for what this server does not have
     */
    static Expansion of(Exchange exchange, String usual) {
        String given = exchange.has("expand") ? exchange.param("expand") : usual;
        List<String> wanted = Arrays.stream(given.split(",")).map(String::strip)
                .filter(each -> !each.isEmpty()).toList();
        for (String each : wanted) {
            boolean known = KNOWN.stream().anyMatch(one -> each.equals(one)
                    || (each.startsWith(one + ".") && !one.equals("body") && !one.equals("children")));
            if (!known && MISSING.stream().anyMatch(each::startsWith)) {
                throw new HttpProblem(501, "expand=" + each + " is not there: the stand-in does not have it");
            }
        }
        return new Expansion(wanted);
    }

    boolean has(String name) {
        return wanted.stream().anyMatch(each -> each.equals(name) || each.startsWith(name + "."));
    }

    /** What is expanded within {@code name}: of {@code content.version} it is {@code version}. */
    Expansion within(String name) {
        return new Expansion(wanted.stream().filter(each -> each.startsWith(name + "."))
                .map(each -> each.substring(name.length() + 1)).toList());
    }
}
