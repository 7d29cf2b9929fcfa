package org.migrationharness.standin.darkfeatures;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/**
 * The admin page ({@code execute} enables, {@code doRemove} removes, one parameter {@code featureKey}; Java
 * API, SiteDarkFeaturesAction) and the REST resource (Java API, DarkFeatureSiteResource). The body that a GET
 * answers is not documented; ours is {@code {"key", "enabled"}}.
 */
public final class DarkFeatureRoutes {
    private static final String PAGE = "/admin/darkfeatures.action";
    private static final String SITE = "/rest/feature/1/site";

    private final DarkFeatures features;

    public DarkFeatureRoutes(DarkFeatures features) {
        this.features = features;
    }

    public void addTo(Routes routes) {
        routes.get(PAGE, Access.SECURE_ADMIN, exchange -> show(exchange, ""))
                .post(PAGE, Access.SECURE_ADMIN, this::enableByForm)
                .get("/admin/darkfeatures!remove.action", Access.SECURE_ADMIN, this::removeByLink)
                .get(SITE + "/{key}", Access.ADMIN, this::state)
                .put(SITE + "/{keys}", Access.ADMIN, this::enable)
                .post(SITE, Access.ADMIN, this::enableAll)
                .delete(SITE + "/{keys}", Access.ADMIN, this::disable);
    }

    private void show(Exchange exchange, String error) throws IOException {
        exchange.page("darkfeatures", Map.of(
                "system", features.system(), "site", features.site(), "error", error));
    }

    private void enableByForm(Exchange exchange) throws IOException {
        String key = exchange.param("featureKey").strip();
        if (!FeatureKey.isValid(key)) {
            show(exchange, "Type the key of a dark feature: letters, digits, dots and hyphens.");
            return;
        }
        features.enableForSite(List.of(key));
        exchange.redirect(PAGE);
    }

    /** A link, as in the product, so its URL carries the token that a form would. */
    private void removeByLink(Exchange exchange) {
        exchange.requireToken();
        features.disableForSite(List.of(exchange.param("featureKey")));
        exchange.redirect(PAGE);
    }

    private void state(Exchange exchange) throws IOException {
        String key = FeatureKey.require(decoded(exchange, "key"));
        exchange.json(200, Map.of("key", key, "enabled", features.isOnGlobally(key)));
    }

    private void enable(Exchange exchange) throws IOException {
        features.enableForSite(FeatureKey.split(decoded(exchange, "keys")));
        exchange.json(200, Map.of("enabled", features.site()));
    }

    private void enableAll(Exchange exchange) throws IOException {
        features.enableForSite(keysOf(exchange.jsonBody()));
        exchange.json(200, Map.of("enabled", features.site()));
    }

    private void disable(Exchange exchange) throws IOException {
        features.disableForSite(FeatureKey.split(decoded(exchange, "keys")));
        exchange.json(200, Map.of("enabled", features.site()));
    }

    private static List<String> keysOf(JsonElement body) {
        if (!(body instanceof JsonArray array) || array.isEmpty()) {
            throw new HttpProblem(400, "Expected a JSON array of keys");
        }
        List<String> keys = new ArrayList<>();
        for (JsonElement item : array) {
            if (!item.isJsonPrimitive()) {
                throw new HttpProblem(400, "Expected a JSON array of keys");
            }
            keys.add(FeatureKey.require(item.getAsString()));
        }
        return keys;
    }

    private static String decoded(Exchange exchange, String part) {
        return URLDecoder.decode(exchange.part(part).replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
