package org.migrationharness.standin;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads environment variables. A variable that is empty or blank counts as not set; each method throws
 * {@link IllegalArgumentException} with one line that names the variable when its value is invalid.
 */
final class Environment {
    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    Map<String, String> variables() {
        return variables;
    }

    String text(String name, String fallback) {
        String value = variables.get(name);
        return value == null || value.isBlank() ? fallback : value.strip();
    }

    boolean flag(String name, boolean fallback) {
        return Boolean.parseBoolean(text(name, Boolean.toString(fallback)));
    }

    /** One of {@code values}; the first is the default. */
    String choice(String name, String... values) {
        String value = text(name, values[0]);
        if (!List.of(values).contains(value)) {
            throw new IllegalArgumentException(
                    name + "=" + value + " must be one of " + String.join(", ", values));
        }
        return value;
    }

    /** The names in a list with commas, in lower case. */
    Set<String> names(String name) {
        return Arrays.stream(text(name, "").toLowerCase(Locale.ROOT).split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .collect(Collectors.toSet());
    }

    int port(String name, int fallback) {
        return number(name, fallback, 65535);
    }

    int number(String name, int fallback, int largest) {
        String value = text(name, Integer.toString(fallback));
        try {
            int parsed = Integer.parseInt(value);
            if (parsed >= 0 && parsed <= largest) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new IllegalArgumentException(
                name + "=" + value + " must be a whole number from 0 to " + largest);
    }

    /** A time scale. A fraction is rounded up: limits may last longer in wall time, never shorter. */
    int scale(String name) {
        String value = text(name, "1");
        try {
            double parsed = Double.parseDouble(value);
            if (parsed > 0 && parsed <= 100_000) {
                return (int) Math.ceil(parsed);
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new IllegalArgumentException(name + "=" + value + " must be a number above 0 and up to 100000");
    }

    URI url(String name, String fallback) {
        String value = text(name, fallback).replaceAll("/+$", "");
        try {
            URI uri = URI.create(value);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, like a URL without a host.
        }
        throw new IllegalArgumentException(name + "=" + value + " must be an http or https URL with a host");
    }
}
