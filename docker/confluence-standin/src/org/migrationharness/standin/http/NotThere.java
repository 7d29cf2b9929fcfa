package org.migrationharness.standin.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.migrationharness.standin.log.Log;

/**
 * What clients asked for and the stand-in does not have. It answers 501 and not 404, so that nobody takes a gap of
 * ours for an empty Confluence; each gap is logged once, and {@code /rest/standin/1.0/not-there} lists them all.
 */
public final class NotThere {
    private static final Log LOG = Log.named("org.migrationharness.standin.http.NotThere");
    /** More than any client has; a scanner that tries names would fill the log and the memory. */
    private static final int REMEMBERED = 200;
    private static final int LONGEST_SEGMENT = 60;
    /** Where a REST module's version stands in a path, which may be a bare number. */
    private static final int VERSION = 3;
    private static final String ID = "{id}";
    private static final Pattern IDS = Pattern.compile("\\d+|[0-9a-fA-F]*\\d[0-9a-fA-F-]{14,}|.*[%@:].*");

    private final Map<List<String>, Asked> all = new LinkedHashMap<>();
    private long more;

    public void addTo(Routes routes) {
        routes.get("/rest/standin/1.0/not-there", Access.ADMIN, this::list);
    }

    /** What is said of a request that no route takes. */
    public static HttpProblem problem(String method, String path) {
        return new HttpProblem(501, "The stand-in does not have " + method + " " + path
                + ". Whether a Confluence has it is not said by this");
    }

    /** Notes a request that was answered with 501. */
    public synchronized void note(String method, String path) {
        String shape = shape(path);
        List<String> key = List.of(method, shape);
        if (!all.containsKey(key) && all.size() == REMEMBERED) {
            more++;
            return;
        }
        Asked asked = all.compute(key, (known, before) -> new Asked(method, shape,
                before == null ? 1 : before.times() + 1, System.currentTimeMillis()));
        if (asked.times() == 1) {
            LOG.warn("note", "Asked for and not there: " + method + " " + shape
                    + (all.size() == REMEMBERED ? "; no others are named from now on" : ""));
        }
    }

    private synchronized void list(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("asked", new ArrayList<>(all.values()), "more", more));
    }

    /** A path without what tells one object from another: ids, names of files, keys with an escape. */
    static String shape(String path) {
        String[] parts = path.split("/", -1);
        boolean rest = parts.length > VERSION && parts[1].equals("rest");
        return IntStream.range(0, parts.length)
                .mapToObj(i -> rest && i == VERSION && parts[i].matches("\\d{1,3}")
                        ? parts[i]
                        : withoutId(parts[i].replaceFirst(";.*", "")))
                .collect(Collectors.joining("/"));
    }

    private static String withoutId(String part) {
        return part.length() > LONGEST_SEGMENT || IDS.matcher(part).matches() ? ID : part;
    }

    /**
     * One shape of requests.
     *
     * @param times how often it was asked for
     * @param lastAt when that was last, in milliseconds
     */
    private record Asked(String method, String path, long times, long lastAt) {
    }
}
