package org.migrationharness.standin.pages;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.content.Content;
import org.migrationharness.standin.content.ContentStore;
import org.migrationharness.standin.content.Space;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;

/** The dashboard: what was changed last, in the element that dc-app-performance-toolkit waits for. */
public final class StartPage {
    public static final String PATH = "/dashboard.action";
    private static final int NEWEST = 20;

    private final ContentStore store;

    public StartPage(ContentStore store) {
        this.store = store;
    }

    public void addTo(Routes routes) {
        routes.get("/", Access.USER, exchange -> exchange.redirect(PATH))
                .get("/index.action", Access.USER, this::show)
                .get(PATH, Access.USER, this::show);
    }

    private void show(Exchange exchange) throws IOException {
        List<Update> updates = store.spaces().stream()
                .flatMap(space -> store.current(space.key()).stream().map(page -> update(space, page)))
                .sorted(Comparator.comparingLong(Update::changedAt).reversed())
                .limit(NEWEST)
                .toList();
        exchange.page("start", Map.of("updates", updates, "isAdministrator", exchange.identity().isAdministrator()));
    }

    private static Update update(Space space, Content page) {
        return new Update(page.title(), space.name(), page.version().by(), page.version().when());
    }

    /** A page as the dashboard lists it. */
    public record Update(String title, String space, String by, long changedAt) {
    }
}
