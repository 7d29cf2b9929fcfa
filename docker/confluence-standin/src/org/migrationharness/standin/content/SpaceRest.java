package org.migrationharness.standin.content;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.ResultPage;
import org.migrationharness.standin.http.Routes;

/**
 * {@code /rest/api/space} (Confluence Data Center REST reference 10.0, "Space", "Long Task"). A new space has a home
 * page; its title is inferred. A space is gone before its removal is answered, and the long task says so.
 */
final class SpaceRest {
    private static final int LIMIT = 25;
    private static final String BASE = "/rest/api/space";

    private final ContentStore store;
    private final ContentJson json;
    private final Map<String, String> tasks = new ConcurrentHashMap<>();

    SpaceRest(ContentStore store, ContentJson json) {
        this.store = store;
        this.json = json;
    }

    void addTo(Routes routes) {
        routes.get(BASE, Access.USER, this::list)
                .post(BASE, Access.USER, this::create)
                .get(BASE + "/{key}", Access.USER, exchange -> exchange.json(200,
                        json.space(exchange, space(exchange), Expansion.of(exchange, ""))))
                .put(BASE + "/{key}", Access.ADMIN, this::update)
                .delete(BASE + "/{key}", Access.ADMIN, this::delete)
                .get(BASE + "/{key}/content", Access.USER, this::content)
                .get(BASE + "/{key}/content/page", Access.USER, exchange -> ofType(exchange, Content.PAGE))
                .get(BASE + "/{key}/content/blogpost", Access.USER,
                        exchange -> ofType(exchange, Content.BLOG_POST))
                .get("/rest/api/longtask", Access.USER, exchange -> ResultPage.of(exchange, 100)
                        .answer(List.copyOf(tasks.keySet()), this::task))
                .get("/rest/api/longtask/{id}", Access.USER, this::showTask);
    }

    private void list(Exchange exchange) throws IOException {
        Expansion expansion = Expansion.of(exchange, "");
        String[] keys = exchange.request().getParameterValues("spaceKey");
        for (String name : List.of("label", "favourite", "favouriteUserKey")) {
            if (exchange.has(name)) {
                throw ContentRest.missing("spaces by " + name);
            }
        }
        boolean none = exchange.param("type").equals("personal") || exchange.param("status").equals("archived");
        List<Space> found = store.spaces().stream()
                .filter(each -> !none && (keys == null || List.of(keys).contains(each.key())))
                .toList();
        ResultPage.of(exchange, LIMIT).answer(found, each -> json.space(exchange, each, expansion));
    }

    private void create(Exchange exchange) throws IOException {
        JsonObject body = exchange.jsonObject();
        String key = ContentRest.text(body, "key");
        String name = ContentRest.text(body, "name").strip();
        if (!key.matches("[A-Za-z0-9]{1,255}")) {
            throw new HttpProblem(400, "Invalid space key: a key has letters and digits only");
        }
        if (name.isEmpty()) {
            throw new HttpProblem(400, "A space name is required");
        }
        Space made;
        synchronized (store) {
            if (store.spaces().stream().anyMatch(each -> each.key().equalsIgnoreCase(key))) {
                throw new HttpProblem(400, "A space already exists with key " + key);
            }
            made = make(store, store.nextId(), key, name, description(body, ""), exchange.identity().name(), true);
        }
        exchange.json(200, json.space(exchange, made, Expansion.of(exchange, "description,homepage")));
    }

    /** Makes a space, with a home page where one is wanted. */
    static Space make(ContentStore store, String id, String key, String name, String description, String by,
            boolean withHome) {
        long now = System.currentTimeMillis();
        Space space = new Space(id, key, name, description, null, by, now);
        store.keep(space);
        if (!withHome) {
            return space;
        }
        Content home = store.keep(new Content(store.nextId(), Content.PAGE, Content.CURRENT, key, null, by, now,
                List.of(new Content.Version(1, name + " Home", "", by, now, "", false))));
        Space homely = space.with(name, description, home.id());
        store.keep(homely);
        return homely;
    }

    private void update(Exchange exchange) throws IOException {
        JsonObject body = exchange.jsonObject();
        Space changed;
        synchronized (store) {
            Space old = space(exchange);
            String name = ContentRest.text(body, "name").isBlank() ? old.name() : ContentRest.text(body, "name");
            String home = body.get("homepage") instanceof JsonObject page
                    ? ContentRest.text(page, "id") : old.homepageId();
            if (home != null && store.find(home).filter(each -> each.spaceKey().equals(old.key())).isEmpty()) {
                throw new HttpProblem(400, "The home page must be a page of the space: " + home);
            }
            changed = old.with(name, description(body, old.description()), home);
            store.keep(changed);
        }
        exchange.json(200, json.space(exchange, changed, Expansion.of(exchange, "description,homepage")));
    }

    private void delete(Exchange exchange) throws IOException {
        Space space = space(exchange);
        store.remove(space);
        String id = UUID.randomUUID().toString();
        tasks.put(id, "Delete Space " + space.key());
        String status = "/rest/api/longtask/" + id;
        exchange.json(202, Map.of("id", id, "links", Map.of("status", status), "_links", Map.of("status", status)));
    }

    private void showTask(Exchange exchange) throws IOException {
        String id = exchange.part("id");
        if (!tasks.containsKey(id)) {
            throw new HttpProblem(404, "No long running task found with id: " + id);
        }
        exchange.json(200, task(id));
    }

    private Map<String, Object> task(String id) {
        return Map.of("id", id, "name", Map.of("key", tasks.get(id), "args", List.of()), "elapsedTime", 0,
                "percentageComplete", 100, "successful", true, "messages", List.of());
    }

    private void content(Exchange exchange) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        for (String type : List.of(Content.PAGE, Content.BLOG_POST)) {
            body.put(type, page(exchange, type));
        }
        exchange.json(200, body);
    }

    private void ofType(Exchange exchange, String type) throws IOException {
        exchange.json(200, page(exchange, type));
    }

    private Map<String, Object> page(Exchange exchange, String type) {
        Expansion expansion = Expansion.of(exchange, "");
        String key = space(exchange).key();
        List<Content> found = store.current(key).stream()
                .filter(each -> each.type().equals(type))
                .filter(each -> !exchange.param("depth").equals("root") || each.parentId() == null)
                .toList();
        return ResultPage.of(exchange, LIMIT).body(found, each -> json.content(exchange, each, expansion), Map.of());
    }

    private Space space(Exchange exchange) {
        String key = exchange.part("key");
        return store.space(key).orElseThrow(() -> new HttpProblem(404, "No space found with key : " + key));
    }

    private static String description(JsonObject body, String usual) {
        return body.get("description") instanceof JsonObject given && given.get("plain") instanceof JsonObject plain
                ? ContentRest.text(plain, "value") : usual;
    }
}
