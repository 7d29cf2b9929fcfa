package org.migrationharness.standin.upm;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.migrationharness.standin.bundles.ProvidedJars;
import org.migrationharness.standin.host.Host;
import org.migrationharness.standin.host.HostFacts;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/** Our own resources, which no Confluence has: what the host is to know, and what plugins asked it. */
public final class HostRoutes {
    private static final String BASE = "/rest/standin/1.0/";
    private static final long JAR_LIMIT = 256L << 20;

    private final Host host;
    private final ProvidedJars provided;
    private final Plugins plugins;
    private final Path temporary;

    public HostRoutes(Host host, ProvidedJars provided, Plugins plugins, Path temporary) {
        this.host = host;
        this.provided = provided;
        this.plugins = plugins;
        this.temporary = temporary;
    }

    public void addTo(Routes routes) {
        routes.put(BASE + "host", Access.ADMIN, this::state)
                .put(BASE + "host/jars/{name}", Access.ADMIN, this::provide)
                .delete(BASE + "host/jars", Access.ADMIN, this::clear)
                .get(BASE + "plugins/{key}", Access.ADMIN, this::show);
    }

    private void state(Exchange exchange) throws IOException {
        try {
            HostFacts facts = new Gson().fromJson(exchange.jsonBody(), HostFacts.class);
            host.state(facts == null ? HostFacts.NONE : facts);
        } catch (JsonParseException e) {
            throw new HttpProblem(400, "Expected {\"users\": [...], \"spaces\": [...], \"answers\": {...}}: "
                    + e.getMessage());
        }
        exchange.empty(204);
    }

    private void provide(Exchange exchange) throws IOException {
        String name = exchange.part("name");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._+-]{0,150}\\.jar")) {
            throw new HttpProblem(400, "A jar's name has letters, digits, dots and dashes and ends with .jar");
        }
        Files.createDirectories(temporary);
        Path upload = Files.createTempFile(temporary, "host", ".jar");
        try {
            try (InputStream in = exchange.request().getInputStream(); var out = Files.newOutputStream(upload)) {
                long copied = 0;
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    copied += n;
                    if (copied > JAR_LIMIT) {
                        throw new HttpProblem(413, "The jar is larger than " + JAR_LIMIT + " bytes");
                    }
                    out.write(buffer, 0, n);
                }
            }
            PluginJar.check(upload);
            provided.add(name, upload);
        } catch (JarRejectedException | IllegalArgumentException e) {
            throw new HttpProblem(400, e.getMessage());
        } finally {
            Files.deleteIfExists(upload);
        }
        exchange.empty(204);
    }

    private void clear(Exchange exchange) throws IOException {
        provided.clear();
        exchange.empty(204);
    }

    private void show(Exchange exchange) throws IOException {
        String key = exchange.part("key");
        Optional<RunningPlugin> running = plugins.running(key);
        exchange.json(200, Map.of(
                "key", key,
                "running", running.isPresent(),
                "madeUpPackages", running.map(RunningPlugin::madeUp).orElse(Set.of()),
                "providedPackages", running.map(RunningPlugin::provided).orElse(Set.of()),
                "notDone", running.map(RunningPlugin::notDone).orElse(Set.of()),
                "calls", host.journal().counts(key)));
    }
}
