package org.migrationharness.standin.status;

import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.store.JsonFile;

/** Switches collaborative editing on and off, as atlassian-python-api asks for it; the bodies are ours. */
public final class SynchronyRoutes {
    private static final String BASE = "/rest/synchrony-interop/";

    private final JsonFile<Boolean> file;
    private volatile boolean enabled;

    public SynchronyRoutes(Path state) {
        file = new JsonFile<>(state.resolve("synchrony-enabled.json"), new TypeToken<>() { });
        enabled = file.load(true);
    }

    public void addTo(Routes routes) {
        for (String name : new String[] {"status", "synchrony-status", "configuration"}) {
            routes.get(BASE + name, Access.ADMIN, this::show);
        }
        routes.post(BASE + "enable", Access.ADMIN, exchange -> change(exchange, true))
                .post(BASE + "disable", Access.ADMIN, exchange -> change(exchange, false))
                .post(BASE + "restart", Access.ADMIN, this::show)
                .get("/rest/synchrony/1.0/config/status", Access.ADMIN, this::show);
    }

    private void change(Exchange exchange, boolean on) throws IOException {
        file.save(on);
        enabled = on;
        show(exchange);
    }

    private void show(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("status", enabled ? "running" : "stopped",
                "sharedDraftsEnabled", enabled, "synchronyEnabled", enabled));
    }
}
