package org.migrationharness.standin.content;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.ResultPage;
import org.migrationharness.standin.http.Routes;

/**
 * {@code /rest/api/content}: pages and blog posts, made, found, changed and trashed (Confluence Data Center REST
 * reference 10.0, "Content Resource", "Child Content", "Content Version"). The texts of refusals are those that
 * public clients saw. What is not there (comments, attachments, labels, properties, drafts, other
 * representations than storage) is answered 501.
 */
final class ContentRest {
    private static final int LIMIT = 25;
    private static final int BODY_LIMIT = 6 << 20;
    private static final String BASE = "/rest/api/content";
    private static final String EXPERIMENTAL = "/rest/experimental/content";
    private static final String USUAL = "history,space,version";
    private static final Set<String> TYPES = Set.of(Content.PAGE, Content.BLOG_POST);

    private final ContentStore store;
    private final ContentJson json;

    ContentRest(ContentStore store, ContentJson json) {
        this.store = store;
        this.json = json;
    }

    void addTo(Routes routes) {
        routes.get(BASE, Access.USER, this::list)
                .post(BASE, Access.USER, this::create)
                .get(BASE + "/{id}", Access.USER, this::show)
                .put(BASE + "/{id}", Access.USER, this::update)
                .delete(BASE + "/{id}", Access.USER, this::delete)
                .get(BASE + "/{id}/history", Access.USER,
                        exchange -> exchange.json(200, json.history(exchange, current(exchange))))
                .get(BASE + "/{id}/child", Access.USER, this::children)
                .get(BASE + "/{id}/child/page", Access.USER,
                        exchange -> answer(exchange, store.children(current(exchange).id())))
                .get(BASE + "/{id}/descendant/page", Access.USER,
                        exchange -> answer(exchange, store.descendants(current(exchange).id())));
        for (String base : List.of(BASE, EXPERIMENTAL)) {
            routes.get(base + "/{id}/version", Access.USER, this::versions)
                    .get(base + "/{id}/version/{number}", Access.USER, this::version);
        }
    }

    private void list(Exchange exchange) throws IOException {
        String type = exchange.has("type") ? exchange.param("type") : Content.PAGE;
        requireType(type);
        String spaceKey = exchange.param("spaceKey");
        if (!spaceKey.isEmpty()) {
            store.existingSpace(spaceKey);
        }
        if (exchange.has("postingDay")) {
            throw missing("the parameter postingDay");
        }
        String title = exchange.param("title");
        String status = status(exchange);
        Stream<Content> found = store.all()
                .filter(each -> each.type().equals(type))
                .filter(each -> status.equals("any") || each.status().equals(status))
                .filter(each -> spaceKey.isEmpty() || each.spaceKey().equals(spaceKey))
                .filter(each -> title.isEmpty() || each.title().equals(title));
        answer(exchange, found.toList());
    }

    private void show(Exchange exchange) throws IOException {
        Expansion expansion = Expansion.of(exchange, USUAL);
        String status = exchange.has("version") || exchange.param("status").equals("historical")
                ? "any" : status(exchange);
        Content content = find(exchange)
                .filter(each -> status.equals("any") || each.status().equals(status))
                .orElseThrow(() -> notFound(exchange));
        if (exchange.has("version")) {
            content = content.at(version(content, exchange.param("version")));
        }
        exchange.json(200, json.content(exchange, content, expansion));
    }

    private void create(Exchange exchange) throws IOException {
        JsonObject body = object(exchange);
        String type = text(body, "type");
        requireType(type);
        if (!List.of("", Content.CURRENT).contains(text(body, "status"))) {
            throw missing("content that is " + text(body, "status"));
        }
        String title = text(body, "title").strip();
        if (title.isEmpty() || title.length() > 255) {
            throw new HttpProblem(400, "Title is required to create new content, of at most 255 characters");
        }
        String spaceKey = body.get("space") instanceof JsonObject space ? text(space, "key") : "";
        if (spaceKey.isEmpty()) {
            throw new HttpProblem(400, "Space is required to create new content");
        }
        String storage = storage(body, "");
        Content made;
        synchronized (store) {
            Space space = store.existingSpace(spaceKey);
            String parent = parent(body, space, space.homepageId(), null);
            long now = System.currentTimeMillis();
            String by = exchange.identity().name();
            made = store.keep(new Content(store.nextId(), type, Content.CURRENT, spaceKey,
                    type.equals(Content.PAGE) ? parent : null, by, now,
                    List.of(new Content.Version(1, title, storage, by, now, message(body), false))));
        }
        exchange.json(200, json.content(exchange, made, Expansion.of(exchange,
                "body.storage,container,version,space,history,ancestors")));
    }

    private void update(Exchange exchange) throws IOException {
        JsonObject body = object(exchange);
        Content changed;
        synchronized (store) {
            Content old = find(exchange).orElseThrow(() -> notFound(exchange));
            int next = nextVersion(body, old);
            String type = text(body, "type");
            if (!type.isEmpty() && !type.equals(old.type())) {
                throw new HttpProblem(400, "The type of content cannot be changed from " + old.type());
            }
            String status = text(body, "status");
            if (!List.of("", Content.CURRENT).contains(status)) {
                throw missing("a change to the status " + status);
            }
            if (!old.isCurrent() && status.isEmpty()) {
                throw notFound(exchange);
            }
            String title = text(body, "title").isBlank() ? old.title() : text(body, "title").strip();
            String parent = parent(body, store.existingSpace(old.spaceKey()), old.parentId(), old.id());
            boolean minor = body.get("version") instanceof JsonObject version
                    && Boolean.parseBoolean(text(version, "minorEdit"));
            changed = store.keep(old.with(Content.CURRENT, parent).with(new Content.Version(next, title,
                    storage(body, old.body()), exchange.identity().name(), System.currentTimeMillis(),
                    message(body), minor)));
        }
        exchange.json(200, json.content(exchange, changed, Expansion.of(exchange,
                "body.storage,container,version,space,history,ancestors")));
    }

    private static int nextVersion(JsonObject body, Content old) {
        String given = body.get("version") instanceof JsonObject version ? text(version, "number") : "";
        if (!given.matches("\\d{1,9}")) {
            throw new HttpProblem(400,
                    "Must supply an incremented version when updating Content. No version supplied.");
        }
        if (Integer.parseInt(given) != old.version().number() + 1) {
            throw new HttpProblem(409, "Version must be incremented on update. Current version is: "
                    + old.version().number());
        }
        return old.version().number() + 1;
    }

    /** To the trash; out of it for good with {@code status=trashed}. Children move up to the page's parent. */
    private void delete(Exchange exchange) {
        String status = status(exchange);
        synchronized (store) {
            Content content = find(exchange).filter(each -> each.status().equals(status))
                    .orElseThrow(() -> notFound(exchange));
            if (content.isCurrent()) {
                store.children(content.id()).forEach(child ->
                        store.keep(child.with(child.status(), content.parentId())));
                store.keep(content.with(Content.TRASHED, content.parentId()));
            } else {
                store.purge(content.id());
            }
        }
        exchange.empty(204);
    }

    private void children(Exchange exchange) throws IOException {
        Content content = current(exchange);
        String expand = exchange.param("expand");
        if (!List.of("", Content.PAGE).contains(expand)) {
            throw missing("expand=" + expand);
        }
        exchange.json(200, json.children(exchange, content, !expand.isEmpty(), Expansion.of(exchange, "")));
    }

    private void versions(Exchange exchange) throws IOException {
        List<Content.Version> newestFirst = current(exchange).versions().stream()
                .sorted((one, other) -> other.number() - one.number()).toList();
        ResultPage.of(exchange, 200).answer(newestFirst, each -> json.version(exchange, each));
    }

    private void version(Exchange exchange) throws IOException {
        Content content = current(exchange);
        Content.Version found = version(content, exchange.part("number"));
        Map<String, Object> shown = json.version(exchange, found);
        if (exchange.param("expand").contains("content")) {
            shown.put("content", json.content(exchange, content.at(found),
                    Expansion.of(exchange, "").within("content")));
        }
        exchange.json(200, shown);
    }

    private static Content.Version version(Content content, String number) {
        return content.versions().stream()
                .filter(each -> Integer.toString(each.number()).equals(number))
                .findFirst()
                .orElseThrow(() -> new HttpProblem(404, "No content version found with number " + number));
    }

    private void answer(Exchange exchange, List<Content> all) throws IOException {
        Expansion expansion = Expansion.of(exchange, "");
        ResultPage.of(exchange, LIMIT).answer(all, each -> json.content(exchange, each, expansion));
    }

    private Content current(Exchange exchange) {
        return find(exchange).filter(Content::isCurrent).orElseThrow(() -> notFound(exchange));
    }

    private Optional<Content> find(Exchange exchange) {
        return store.find(exchange.part("id"));
    }

    private static HttpProblem notFound(Exchange exchange) {
        return new HttpProblem(404, "No content found with id: ContentId{id=" + exchange.part("id") + "}");
    }

    /** The last of the ancestors that were given is the parent. */
    private String parent(JsonObject body, Space space, String usual, String own) {
        if (!(body.get("ancestors") instanceof JsonArray given) || given.isEmpty()) {
            return usual;
        }
        String id = given.get(given.size() - 1) instanceof JsonObject last ? text(last, "id") : "";
        Content parent = store.find(id).filter(each -> each.isCurrent() && each.spaceKey().equals(space.key()))
                .orElseThrow(() -> new HttpProblem(400, "The parent page with id " + id + " does not exist in the "
                        + "space with key " + space.key()));
        if (parent.id().equals(own) || store.ancestors(parent).stream().anyMatch(each -> each.id().equals(own))) {
            throw new HttpProblem(400, "A page cannot be its own ancestor");
        }
        return id;
    }

    private static String status(Exchange exchange) {
        String status = exchange.has("status") ? exchange.param("status") : Content.CURRENT;
        if (!List.of(Content.CURRENT, Content.TRASHED, "any").contains(status)) {
            throw missing("content that is " + status);
        }
        return status;
    }

    private static void requireType(String type) {
        if (List.of("comment", "attachment").contains(type)) {
            throw missing("content of the type " + type);
        }
        if (!TYPES.contains(type)) {
            throw new HttpProblem(400, "Content type is not supported: " + type);
        }
    }

    private static String storage(JsonObject body, String usual) {
        if (!(body.get("body") instanceof JsonObject given) || given.size() == 0) {
            return usual;
        }
        if (!(given.get("storage") instanceof JsonObject storage)) {
            throw missing("a body that is not in the storage format, but " + given.keySet());
        }
        String representation = text(storage, "representation");
        if (!List.of("", "storage").contains(representation)) {
            throw missing("a body in the representation " + representation);
        }
        return text(storage, "value");
    }

    private static String message(JsonObject body) {
        return body.get("version") instanceof JsonObject version ? text(version, "message") : "";
    }

    private static JsonObject object(Exchange exchange) throws IOException {
        JsonObject object = exchange.jsonObject(BODY_LIMIT);
        if (object.get("metadata") instanceof JsonObject metadata && metadata.has("labels")) {
            throw missing("labels in metadata");
        }
        return object;
    }

    static String text(JsonObject object, String name) {
        return object.get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }

    static HttpProblem missing(String what) {
        return new HttpProblem(501, "Asked for and not there: " + what + ". The stand-in does not have it");
    }
}
