package org.migrationharness.standin.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The routing table. Each part of the stand-in adds its routes at start, in order of precedence. */
public final class Routes {
    /** Concurrent: the server answers /status while other parts still add their routes. */
    private final List<Route> routes = new CopyOnWriteArrayList<>();
    private final Map<String, String> aliases = new ConcurrentHashMap<>();

    public Routes get(String path, Access access, Handler handler) {
        return add("GET", path, access, handler);
    }

    public Routes post(String path, Access access, Handler handler) {
        return add("POST", path, access, handler);
    }

    public Routes put(String path, Access access, Handler handler) {
        return add("PUT", path, access, handler);
    }

    public Routes delete(String path, Access access, Handler handler) {
        return add("DELETE", path, access, handler);
    }

    /** A path that is known to be none of the Confluence that is modelled, whatever the method. */
    public Routes absent(String path) {
        for (String method : new String[] {"GET", "POST", "PUT", "DELETE"}) {
            add(method, path, Access.ANYONE, exchange -> {
                throw new HttpProblem(404, "Page not found");
            });
        }
        return this;
    }

    /** Treats a path that begins with {@code prefix} as if it began with {@code target}. */
    public Routes alias(String prefix, String target) {
        aliases.put(prefix, target);
        return this;
    }

    private Routes add(String method, String path, Access access, Handler handler) {
        routes.add(new Route(method, path, access, handler));
        return this;
    }

    /** The route for a request; nothing where no route has both its path and its method. */
    public Optional<Match> find(String method, String requestPath) {
        String path = requestPath;
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            if (path.startsWith(alias.getKey())) {
                path = alias.getValue() + path.substring(alias.getKey().length());
            }
        }
        Optional<Match> found = match(method, path);
        // REST resources also accept a trailing slash, and public clients send one.
        return found.isEmpty() && path.startsWith("/rest/") && path.endsWith("/")
                ? match(method, path.substring(0, path.length() - 1))
                : found;
    }

    private Optional<Match> match(String method, String path) {
        String routeMethod = method.equals("HEAD") ? "GET" : method;
        for (Route route : routes) {
            Map<String, String> parts = route.method().equals(routeMethod) ? route.match(path) : null;
            if (parts != null) {
                return Optional.of(new Match(route, parts));
            }
        }
        return Optional.empty();
    }

    public record Match(Route route, Map<String, String> parts) {
    }
}
