package org.migrationharness.standin.darkfeatures;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/**
 * The pages ({@code execute} enables, {@code doRemove} removes, one parameter {@code featureKey}; Java API,
 * SiteDarkFeaturesAction) and the REST resources (Java API, DarkFeatureSiteResource and
 * DarkFeatureUserResource). The body of a GET is not documented; ours is {@code {"key", "enabled"}}.
 */
public final class DarkFeatureRoutes {
    private final DarkFeatures features;

    public DarkFeatureRoutes(DarkFeatures features) {
        this.features = features;
    }

    public void addTo(Routes routes) {
        for (DarkFeatureLevel level : DarkFeatureLevel.values()) {
            routes.get(level.page(), level.pageAccess(), exchange -> show(exchange, level, ""))
                    .post(level.page(), level.pageAccess(), exchange -> enableByForm(exchange, level))
                    .get(level.removal(), level.pageAccess(), exchange -> removeByLink(exchange, level))
                    .get(level.rest() + "/{key}", level.restAccess(), exchange -> state(exchange, level))
                    .post(level.rest(), level.restAccess(),
                            exchange -> change(exchange, level, listed(exchange.jsonBody()), true))
                    .put(level.rest() + "/{keys}", level.restAccess(),
                            exchange -> change(exchange, level, inPath(exchange, "keys"), true))
                    .delete(level.rest() + "/{keys}", level.restAccess(),
                            exchange -> change(exchange, level, inPath(exchange, "keys"), false));
        }
    }

    private void show(Exchange exchange, DarkFeatureLevel level, String error) throws IOException {
        Map<String, Object> model = new HashMap<>();
        model.put("level", level.name());
        model.put("action", level.page());
        model.put("removal", level.removal());
        model.put("system", features.system());
        model.put("site", features.site());
        model.put("own", features.user(exchange.identity().name()));
        model.put("error", error);
        exchange.page("darkfeatures", model);
    }

    private void enableByForm(Exchange exchange, DarkFeatureLevel level) throws IOException {
        String key = exchange.param("featureKey").strip();
        if (!FeatureKey.isValid(key)) {
            show(exchange, level, "Type the key of a dark feature: letters, digits, dots and hyphens.");
            return;
        }
        level.change(features, exchange, List.of(key), true);
        exchange.redirect(level.page());
    }

    /** A link, as in the product, so the token that a form would send is in its URL. */
    private void removeByLink(Exchange exchange, DarkFeatureLevel level) {
        exchange.requireToken();
        level.change(features, exchange, List.of(exchange.param("featureKey")), false);
        exchange.redirect(level.page());
    }

    private void state(Exchange exchange, DarkFeatureLevel level) throws IOException {
        String key = inPath(exchange, "key").get(0);
        exchange.json(200, Map.of("key", key, "enabled", level.isOn(features, exchange, key)));
    }

    private void change(Exchange exchange, DarkFeatureLevel level, List<String> keys, boolean on)
            throws IOException {
        level.change(features, exchange, keys, on);
        exchange.json(200, Map.of("enabled", level.keys(features, exchange)));
    }

    private static List<String> listed(JsonElement body) {
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

    private static List<String> inPath(Exchange exchange, String part) {
        String encoded = exchange.part(part).replace("+", "%2B");
        try {
            return FeatureKey.split(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, "Not a valid dark feature key");
        }
    }
}
