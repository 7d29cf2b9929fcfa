package org.migrationharness.standin.security;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/** Personal access tokens over REST: POST {name, expirationDuration in days} returns rawToken. */
public final class AccessTokenRest {
    private static final String BASE = "/rest/pat/latest/tokens";
    private static final int DEFAULT_DAYS = 90;
    private static final int MAX_DAYS = 365;

    private final AccessTokens tokens;
    private final int timeScale;

    /**
     * @param timeScale how many times faster than wall time the clock runs; a token lives for days of wall time
     */
    public AccessTokenRest(AccessTokens tokens, int timeScale) {
        this.tokens = tokens;
        this.timeScale = timeScale;
    }

    public void addTo(Routes routes) {
        routes.get(BASE, Access.USER, exchange -> exchange.json(200,
                        tokens.of(exchange.identity().name()).stream().map(AccessTokenRest::json).toList()))
                .post(BASE, Access.USER, this::create)
                .delete(BASE + "/{id}", Access.USER, this::revoke);
    }

    private void create(Exchange exchange) throws IOException {
        JsonElement body = exchange.jsonBody();
        String name = body instanceof JsonObject object && object.get("name") != null
                && object.get("name").isJsonPrimitive() ? object.get("name").getAsString().strip() : "";
        if (name.isEmpty() || name.length() > 255) {
            throw new HttpProblem(400, "Give the token a name of at most 255 characters");
        }
        AccessTokens.IssuedToken issued = tokens.issue(
                exchange.identity().name(), name, Duration.ofDays(days(body)).toMillis() * timeScale);
        Map<String, Object> answer = json(issued.token());
        answer.put("rawToken", issued.raw());
        exchange.json(201, answer);
    }

    private static int days(JsonElement body) {
        JsonElement days = body.getAsJsonObject().get("expirationDuration");
        if (days == null || days.isJsonNull()) {
            return DEFAULT_DAYS;
        }
        try {
            int count = days.getAsInt();
            if (count > 0 && count <= MAX_DAYS) {
                return count;
            }
        } catch (RuntimeException e) {
            // Reported below, like a number out of range.
        }
        throw new HttpProblem(400, "expirationDuration must be a number of days from 1 to " + MAX_DAYS);
    }

    private void revoke(Exchange exchange) {
        if (!tokens.revoke(exchange.identity().name(), exchange.part("id"))) {
            throw new HttpProblem(404, "No such token");
        }
        exchange.empty(204);
    }

    private static Map<String, Object> json(AccessTokens.AccessToken token) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", token.id());
        json.put("name", token.name());
        json.put("createdAt", Instant.ofEpochMilli(token.createdAt()).toString());
        json.put("expiringAt", Instant.ofEpochMilli(token.expiringAt()).toString());
        return json;
    }
}
