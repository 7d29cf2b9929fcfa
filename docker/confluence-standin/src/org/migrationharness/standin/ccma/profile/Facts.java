package org.migrationharness.standin.ccma.profile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** What is known of the versions: the lines of {@code profiles.txt}. */
final class Facts {
    private static final String FILE = "/profiles.txt";
    private static final String NO_END = "-";

    private record Fact(String kind, String what, String from, String until) {
    }

    private final List<Fact> facts;

    private Facts(List<Fact> facts) {
        this.facts = facts;
    }

    static Facts read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Facts.class.getResourceAsStream(FILE), StandardCharsets.UTF_8))) {
            return new Facts(lines.lines()
                    .map(line -> line.replaceFirst("[#|].*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .map(Facts::fact)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Fact fact(String line) {
        String[] words = line.split("\\s+");
        return words.length == 2
                ? new Fact(words[0], words[1], words[1], NO_END)
                : new Fact(words[0], words[1], words[2], words[3]);
    }

    /** All that is called by that kind, in the file's order. */
    List<String> all(String kind) {
        return facts.stream().filter(fact -> fact.kind().equals(kind)).map(Fact::what).toList();
    }

    /** What of that kind holds in a version. */
    List<String> of(String kind, String version) {
        return facts.stream()
                .filter(fact -> fact.kind().equals(kind))
                .filter(fact -> compare(fact.from(), version) <= 0)
                .filter(fact -> fact.until().equals(NO_END) || compare(version, fact.until()) < 0)
                .map(Fact::what)
                .toList();
    }

    private static int compare(String one, String other) {
        return Arrays.compare(numbers(one), numbers(other));
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }
}
