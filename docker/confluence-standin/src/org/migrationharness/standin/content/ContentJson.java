package org.migrationharness.standin.content;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.security.PeopleRest;
import org.migrationharness.standin.security.Users;

/**
 * Content, spaces and versions as answers show them (Confluence Data Center REST reference, and its examples of
 * {@code rest/api/content}): what is not expanded stands in {@code _expandable}.
 */
final class ContentJson {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx");

    private final ContentStore store;
    private final Users users;

    ContentJson(ContentStore store, Users users) {
        this.store = store;
        this.users = users;
    }

    Map<String, Object> content(Exchange exchange, Content content, Expansion expansion) {
        Map<String, Object> body = new LinkedHashMap<>();
        Map<String, Object> left = new LinkedHashMap<>();
        String self = "/rest/api/content/" + content.id();
        body.put("id", content.id());
        body.put("type", content.type());
        body.put("status", content.status());
        body.put("title", content.title());
        for (String name : List.of("space", "container")) {
            Object space = expansion.has(name)
                    ? store.space(content.spaceKey()).map(each -> space(exchange, each, expansion.within(name)))
                            .orElse(null)
                    : null;
            put(body, left, name, space, "/rest/api/space/" + content.spaceKey());
        }
        put(body, left, "history", expansion.has("history") ? history(exchange, content) : null, self + "/history");
        put(body, left, "version",
                expansion.has("version") ? version(exchange, content.version()) : null, "");
        put(body, left, "ancestors", expansion.has("ancestors")
                ? store.ancestors(content).stream()
                        .map(each -> content(exchange, each, expansion.within("ancestors"))).toList()
                : null, "");
        put(body, left, "body", expansion.has("body") ? body(content, expansion.has("body.storage")) : null, "");
        put(body, left, "children", expansion.has("children")
                ? children(exchange, content, expansion.has("children.page"), expansion.within("children.page"))
                : null, self + "/child");
        for (String name : List.of("metadata", "operations")) {
            left.put(name, "");
        }
        left.put("restrictions", self + "/restriction/byOperation");
        left.put("descendants", self + "/descendant");
        if (content.type().equals(Content.PAGE)) {
            body.put("extensions", Map.of("position", "none"));
        }
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("webui", "/pages/viewpage.action?pageId=" + content.id());
        links.put("edit", "/pages/resumedraft.action?draftId=" + content.id());
        links.put("self", exchange.origin() + self);
        links.put("base", exchange.origin());
        links.put("context", "");
        body.put("_links", links);
        body.put("_expandable", left);
        return body;
    }

    private static Map<String, Object> body(Content content, boolean storage) {
        Map<String, Object> body = new LinkedHashMap<>();
        Map<String, Object> left = new LinkedHashMap<>();
        put(body, left, "storage", storage
                ? Map.of("value", content.body(), "representation", "storage", "_expandable", Map.of("content",
                        "/rest/api/content/" + content.id()))
                : null, "");
        body.put("_expandable", left);
        return body;
    }

    Map<String, Object> children(Exchange exchange, Content content, boolean shown, Expansion expansion) {
        List<Map<String, Object>> pages = shown
                ? store.children(content.id()).stream().map(each -> content(exchange, each, expansion)).toList()
                : List.of();
        Map<String, Object> body = new LinkedHashMap<>();
        Map<String, Object> left = new LinkedHashMap<>();
        String self = "/rest/api/content/" + content.id() + "/child";
        put(body, left, "page", shown
                ? Map.of("results", pages, "start", 0, "limit", pages.size(), "size", pages.size(),
                        "_links", Map.of("self", exchange.origin() + self + "/page"))
                : null, self + "/page");
        left.put("attachment", self + "/attachment");
        left.put("comment", self + "/comment");
        body.put("_links", Map.of("self", exchange.origin() + self));
        body.put("_expandable", left);
        return body;
    }

    Map<String, Object> history(Exchange exchange, Content content) {
        Map<String, Object> body = new LinkedHashMap<>();
        List<Content.Version> all = content.versions();
        body.put("latest", true);
        body.put("createdBy", user(exchange, content.creator()));
        body.put("createdDate", time(content.createdAt()));
        body.put("lastUpdated", version(exchange, content.version()));
        if (all.size() > 1) {
            body.put("previousVersion", version(exchange, all.get(all.size() - 2)));
        }
        body.put("_links", Map.of(
                "self", exchange.origin() + "/rest/api/content/" + content.id() + "/history"));
        return body;
    }

    Map<String, Object> version(Exchange exchange, Content.Version version) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("by", user(exchange, version.by()));
        body.put("when", time(version.when()));
        body.put("message", version.message());
        body.put("number", version.number());
        body.put("minorEdit", version.minorEdit());
        body.put("hidden", false);
        return body;
    }

    Map<String, Object> space(Exchange exchange, Space space, Expansion expansion) {
        Map<String, Object> body = new LinkedHashMap<>();
        Map<String, Object> left = new LinkedHashMap<>();
        body.put("id", Long.parseLong(space.id()));
        body.put("key", space.key());
        body.put("name", space.name());
        body.put("status", "CURRENT");
        body.put("type", "global");
        put(body, left, "description", expansion.has("description")
                ? Map.of("plain", Map.of("value", space.description(), "representation", "plain"))
                : null, "");
        put(body, left, "homepage", expansion.has("homepage")
                ? store.find(space.homepageId())
                        .map(page -> content(exchange, page, expansion.within("homepage"))).orElse(null)
                : null, "/rest/api/content/" + space.homepageId());
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("webui", "/display/" + URLEncoder.encode(space.key(), StandardCharsets.UTF_8));
        links.put("self", exchange.origin() + "/rest/api/space/" + space.key());
        links.put("base", exchange.origin());
        links.put("context", "");
        body.put("_links", links);
        body.put("_expandable", left);
        return body;
    }

    private Map<String, Object> user(Exchange exchange, String name) {
        return users.find(name).map(account -> PeopleRest.json(exchange, account))
                .orElse(Map.of("type", "unknown", "displayName", String.valueOf(name)));
    }

    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
    }

    private static void put(
            Map<String, Object> body, Map<String, Object> left, String name, Object value, String where) {
        if (value == null) {
            left.put(name, where);
        } else {
            body.put(name, value);
        }
    }
}
