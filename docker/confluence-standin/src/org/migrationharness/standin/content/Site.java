package org.migrationharness.standin.content;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.security.Account;
import org.migrationharness.standin.security.Users;
import org.migrationharness.standin.store.JsonFile;

/**
 * What this Confluence holds. A case's app describes it, REST changes it, and a reset makes it what was described.
 * {@code /rest/standin/1.0/site} is our own: no Confluence has it.
 */
public final class Site {
    private static final String RESOURCE = "/rest/standin/1.0/site";
    private static final int LIMIT = 64 << 20;

    private final ContentStore store;
    private final Users users;
    private final JsonFile<String> file;
    /** The digest of what was described: that has passwords, which no file is to have. */
    private String described;

    /**
     * @param state the folder that keeps the content and its description
     * @param users the user directory
     */
    public Site(Path state, Users users) throws IOException {
        this.users = users;
        store = new ContentStore(state);
        file = new JsonFile<>(state.resolve("site.json"), new TypeToken<>() { });
        described = file.load(SiteDescription.NOTHING.digest());
    }

    public ContentStore store() {
        return store;
    }

    public Users users() {
        return users;
    }

    /** Whether nothing was described or made: there are only those who set the server up. */
    public boolean isEmpty() {
        return store.spaces().isEmpty() && users.all().stream().noneMatch(Account::added);
    }

    /** The users that plugins are told of: all but who set the server up. */
    public List<Map<String, String>> userFacts() {
        return users.all().stream().filter(Account::added).map(user -> Map.of(
                "key", user.key(), "name", user.name(), "username", user.name(), "fullName", user.fullName(),
                "email", user.email())).toList();
    }

    public List<Map<String, String>> spaceFacts() {
        return store.spaces().stream().map(SiteDescription::fact).toList();
    }

    public void addTo(Routes routes) {
        ContentJson json = new ContentJson(store, users);
        new SearchRest(store, json).addTo(routes);
        new ContentRest(store, json).addTo(routes);
        new SpaceRest(store, json).addTo(routes);
        routes.get(RESOURCE, Access.ADMIN, exchange -> exchange.json(200, Map.of("changed", isChanged())))
                .put(RESOURCE, Access.ADMIN, this::describe)
                .post(RESOURCE, Access.ADMIN, exchange -> {
                    putBack();
                    exchange.empty(204);
                });
    }

    /** Whether something was changed since the site was described, or since the last reset. */
    private boolean isChanged() {
        return store.isChanged() || users.areChanged();
    }

    private void putBack() {
        store.putBack();
        users.putBack();
    }

    private synchronized void describe(Exchange exchange) throws IOException {
        SiteDescription given;
        try {
            given = new Gson().fromJson(exchange.jsonBody(LIMIT), SiteDescription.class);
        } catch (JsonParseException e) {
            throw new HttpProblem(400, "Expected {\"spaces\": [...], \"users\": [...], \"groups\": [...]}: "
                    + e.getMessage());
        }
        given = given == null ? SiteDescription.NOTHING : given;
        given.check();
        if (!given.digest().equals(described) || isChanged()) {
            make(given);
            described = given.digest();
            file.save(described);
        }
        exchange.empty(204);
    }

    /** Makes everything as it is described. */
    private void make(SiteDescription given) {
        synchronized (store) {
            store.clear();
            SiteDescription.all(given.spaces()).forEach(this::put);
            users.clear();
            SiteDescription.all(given.groups()).forEach(group -> users.groups().create(group.name()));
            SiteDescription.all(given.users()).forEach(user -> users.add(user.username(), user.key(),
                    SiteDescription.or(user.fullName(), user.username()), SiteDescription.or(user.email(), ""),
                    user.password()));
            SiteDescription.all(given.groups()).forEach(group -> SiteDescription.all(group.members())
                    .forEach(member -> users.groups().join(group.name(), member)));
            store.keepAsItIs();
            users.keepAsTheyAre();
        }
    }

    /** The stated id; a new one is taken only where none is stated. */
    private String idOr(String stated) {
        String id = SiteDescription.or(stated, null);
        return id == null ? store.nextId() : id;
    }

    private void put(SiteDescription.SpaceEntry space) {
        String id = idOr(space.id());
        String by = users.all().stream().filter(user -> !user.added()).map(Account::name).findFirst().orElse("admin");
        SpaceRest.make(store, id, space.key(), SiteDescription.or(space.name(), space.key()), "", by, false);
        long now = System.currentTimeMillis();
        List<String> ids = new ArrayList<>();
        for (SiteDescription.PageEntry page : SiteDescription.all(space.pages())) {
            String pageId = idOr(page.id());
            String title = SiteDescription.or(page.title(), "Page " + pageId);
            ids.add(pageId);
            store.keep(new Content(pageId, SiteDescription.or(page.type(), Content.PAGE), Content.CURRENT,
                    space.key(), SiteDescription.or(page.parent(), null), by, now, List.of(new Content.Version(
                            1, title, SiteDescription.or(page.body(), ""), by, now, "", false))));
        }
        store.space(space.key()).filter(each -> !ids.isEmpty())
                .ifPresent(each -> store.keep(each.with(each.name(), each.description(), ids.get(0))));
    }
}
