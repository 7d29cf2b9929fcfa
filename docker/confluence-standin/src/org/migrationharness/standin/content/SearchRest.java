package org.migrationharness.standin.content;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.ResultPage;
import org.migrationharness.standin.http.Routes;

/** {@code /rest/api/search} and {@code /rest/api/content/search}: content by {@link Cql}. */
final class SearchRest {
    private static final int LIMIT = 25;

    private final ContentStore store;
    private final ContentJson json;

    SearchRest(ContentStore store, ContentJson json) {
        this.store = store;
        this.json = json;
    }

    void addTo(Routes routes) {
        routes.get("/rest/api/content/search", Access.USER, exchange -> {
            Expansion expansion = Expansion.of(exchange, "");
            ResultPage page = ResultPage.of(exchange, LIMIT);
            List<Content> found = found(exchange);
            exchange.json(200, page.body(found, each -> json.content(exchange, each, expansion),
                    Map.of("totalSize", found.size(), "cqlQuery", exchange.param("cql"), "searchDuration", 0)));
        }).get("/rest/api/search", Access.USER, this::search);
    }

    private void search(Exchange exchange) throws IOException {
        Expansion expansion = Expansion.of(exchange, "").within("content");
        List<Content> found = found(exchange);
        exchange.json(200, ResultPage.of(exchange, LIMIT).body(found, each -> {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("content", json.content(exchange, each, expansion));
            result.put("title", each.title());
            result.put("excerpt", each.body().replaceAll("<[^>]*>", " ").strip());
            result.put("url", "/pages/viewpage.action?pageId=" + each.id());
            result.put("entityType", "content");
            result.put("lastModified", ContentJson.time(each.version().when()));
            return result;
        }, Map.of("totalSize", found.size(), "cqlQuery", exchange.param("cql"), "searchDuration", 0)));
    }

    private List<Content> found(Exchange exchange) {
        if (exchange.param("cql").isBlank()) {
            throw new HttpProblem(400, "CQL query is required");
        }
        return Cql.find(exchange.param("cql"), store);
    }
}
