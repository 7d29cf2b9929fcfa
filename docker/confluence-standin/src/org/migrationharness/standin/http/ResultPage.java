package org.migrationharness.standin.http;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A page of a list as Confluence's REST answers with one: {@code results}, {@code start}, {@code limit},
 * {@code size}, and a link to the next page while there is one ("Pagination in the REST API").
 */
public record ResultPage(Exchange exchange, int start, int limit) {

    /**
     * @param usual the limit when the client asks for none
     * @throws HttpProblem 400 when start or limit is no whole number, or negative
     */
    public static ResultPage of(Exchange exchange, int usual) {
        return new ResultPage(exchange, number(exchange, "start", 0), number(exchange, "limit", usual));
    }

    public <T> void answer(List<T> all, Function<T, ?> shown) throws IOException {
        exchange.json(200, body(all, shown, Map.of()));
    }

    /** The page of {@code all}, with further members. */
    public <T> Map<String, Object> body(List<T> all, Function<T, ?> shown, Map<String, ?> more) {
        List<T> page = all.stream().skip(start).limit(limit).toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("results", page.stream().map(shown).toList());
        body.put("start", start);
        body.put("limit", limit);
        body.put("size", page.size());
        body.putAll(more);
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("self", exchange.origin() + exchange.path());
        if (limit > 0 && start + page.size() < all.size()) {
            links.put("next", next(start + limit));
        }
        links.put("base", exchange.origin());
        links.put("context", "");
        body.put("_links", links);
        return body;
    }

    private String next(int at) {
        Map<String, String> parameters = exchange.request().getParameterMap().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue()[0],
                        (one, other) -> one, LinkedHashMap::new));
        parameters.put("limit", Integer.toString(limit));
        parameters.put("start", Integer.toString(at));
        return exchange.path() + "?" + parameters.entrySet().stream()
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static int number(Exchange exchange, String name, int usual) {
        String given = exchange.param(name);
        if (given.isEmpty()) {
            return usual;
        }
        if (!given.matches("\\d{1,9}")) {
            throw new HttpProblem(400, name + " must be a whole number of at least 0");
        }
        return Integer.parseInt(given);
    }
}
