package org.migrationharness.standin.ccma.platform;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A protocol that neither the stub nor anything else of the harness knows: other addresses and methods, other names,
 * times as text, and a poll that is a POST for several migrations at once. What the harness says of a cloud whose
 * protocol is private is proved with it.
 */
final class OtherDialect implements Dialect {
    private record Way(Pattern own, String method, String wire) {
    }

    private static final List<Way> WAYS = List.of(
            way("/attach", "POST", "/pairings"),
            way("/token", "POST", "/pairings/renewed"),
            way("/connection", "GET", "/pairings/mine"),
            way("/apps/([^/]+)", "GET", "/catalogue/$1"),
            way("/migrations", "PUT", "/jobs"),
            way("/migrations/([^/]+)/transfers", "PUT", "/jobs/$1/units"),
            way("/migrations/([^/]+)/progress", "POST", "/watch"),
            way("/transfers/([^/]+)/data(\\?.*)?", "PUT", "/units/$1/blobs$2"),
            way("/transfers/([^/]+)/(triggered|errored|cancel|export-completed)", "POST", "/units/$1/signals/$2"));

    private static final Map<String, String> WIRE_NAMES = Map.ofEntries(
            Map.entry("serverId", "instance"), Map.entry("serverBaseUrl", "address"),
            Map.entry("token", "sessionToken"), Map.entry("expiresAt", "until"),
            Map.entry("cloudUrl", "destination"), Map.entry("migrationScopeId", "scope"),
            Map.entry("confluenceClientKey", "tenant"), Map.entry("jiraClientKey", "otherTenant"),
            Map.entry("cloudAppKey", "to"), Map.entry("installed", "present"), Map.entry("kind", "type"),
            Map.entry("planId", "plan"), Map.entry("name", "title"), Map.entry("migrationId", "job"),
            Map.entry("createdAt", "made"), Map.entry("containerId", "slot"), Map.entry("serverAppKey", "from"),
            Map.entry("dataAccessScopes", "rights"), Map.entry("originalTransferId", "again"),
            Map.entry("forgeEnvironment", "stage"), Map.entry("transferId", "unit"), Map.entry("linked", "paired"),
            Map.entry("status", "outcome"), Map.entry("percent", "done"), Map.entry("message", "note"),
            Map.entry("lastUpdatedAt", "changed"), Map.entry("exceptionType", "fault"),
            Map.entry("safeStackTrace", "trace"));
    private static final Map<String, String> OWN_NAMES = WIRE_NAMES.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey, (one, other) -> one, HashMap::new));
    /** Times, which are text on the wire. */
    private static final Set<String> TIMES = Set.of("until", "made", "changed");
    private static final String POLL = ".*/progress";

    private static Way way(String own, String method, String wire) {
        return new Way(Pattern.compile(own), method, "/gateway" + wire);
    }

    @Override
    public WireCall call(String method, String path, JsonElement body) {
        JsonElement renamed = body == null ? null : renamed(body, WIRE_NAMES);
        for (Way way : WAYS) {
            Matcher matcher = way.own().matcher(path);
            if (matcher.matches()) {
                JsonElement sent = path.matches(POLL) ? watched(matcher.group(1)) : renamed;
                return new WireCall(way.method(), matcher.replaceFirst(way.wire()).replaceFirst("null$", ""), sent);
            }
        }
        return new WireCall(method, "/gateway" + path, renamed);
    }

    private static JsonObject watched(String migrationId) {
        JsonArray jobs = new JsonArray();
        jobs.add(migrationId);
        JsonObject body = new JsonObject();
        body.add("jobs", jobs);
        body.addProperty("asked", Instant.now().toString());
        return body;
    }

    @Override
    public JsonElement answer(String path, JsonElement wire) {
        if (!path.matches(POLL)) {
            return renamed(wire, OWN_NAMES);
        }
        JsonObject job = wire.getAsJsonObject().getAsJsonArray("jobs").get(0).getAsJsonObject();
        JsonObject answer = new JsonObject();
        answer.add("transfers", renamed(job.get("units"), OWN_NAMES));
        return answer;
    }

    private static JsonElement renamed(JsonElement value, Map<String, String> names) {
        if (value instanceof JsonArray items) {
            JsonArray all = new JsonArray();
            items.forEach(item -> all.add(renamed(item, names)));
            return all;
        }
        if (!(value instanceof JsonObject object)) {
            return value;
        }
        JsonObject made = new JsonObject();
        object.entrySet().forEach(entry -> made.add(
                names.getOrDefault(entry.getKey(), entry.getKey()),
                TIMES.contains(entry.getKey()) ? millis(entry.getValue()) : renamed(entry.getValue(), names)));
        return made;
    }

    private static JsonElement millis(JsonElement time) {
        return time.isJsonNull() ? JsonNull.INSTANCE : new JsonPrimitive(Instant.parse(time.getAsString()).toEpochMilli());
    }
}
