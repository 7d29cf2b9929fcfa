package org.migrationharness.standin.bundles;

import java.util.ArrayList;
import java.util.List;
import java.util.jar.Manifest;

/** The clauses of an OSGi header; commas inside quotes do not separate. */
public final class Clauses {
    private Clauses() {
    }

    public static List<String> of(Manifest manifest, String header) {
        String value = manifest.getMainAttributes().getValue(header);
        return value == null ? List.of() : split(value, ',');
    }

    static List<String> split(String text, char separator) {
        List<String> found = new ArrayList<>();
        boolean quoted = false;
        int begin = 0;
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '"') {
                quoted = !quoted;
            } else if (text.charAt(at) == separator && !quoted) {
                add(found, text.substring(begin, at));
                begin = at + 1;
            }
        }
        add(found, text.substring(begin));
        return found;
    }

    private static void add(List<String> found, String part) {
        if (!part.isBlank()) {
            found.add(part.strip());
        }
    }

    /** The names that a header's clauses begin with. */
    public static List<String> names(String header) {
        return split(header, ',').stream().map(Clauses::name).toList();
    }

    /** The value of a clause's attribute, without quotes; null where it has none. */
    static String attribute(String clause, String name) {
        return split(clause, ';').stream()
                .filter(part -> part.replace(" ", "").startsWith(name + "="))
                .map(part -> part.substring(part.indexOf('=') + 1).replace("\"", "").strip())
                .findFirst()
                .orElse(null);
    }

    /** What stands before a clause's first directive or attribute. */
    public static String name(String clause) {
        return split(clause, ';').get(0);
    }
}
