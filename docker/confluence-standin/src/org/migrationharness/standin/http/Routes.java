package org.migrationharness.standin.http;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The routing table: each part of the model adds its own routes at the start, in order of precedence. */
public final class Routes {
    /** The server answers /status while later parts of it still add their routes. */
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

    /** Paths that begin with {@code prefix} are those that begin with {@code target}. */
    public Routes alias(String prefix, String target) {
        aliases.put(prefix, target);
        return this;
    }

    private Routes add(String method, String path, Access access, Handler handler) {
        routes.add(new Route(method, path, access, handler));
        return this;
    }

    /**
     * @throws HttpProblem 404 when no route has the path, 405 when none has the method
     */
    public Match find(String method, String given) {
        String path = given;
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            if (path.startsWith(alias.getKey())) {
                path = alias.getValue() + path.substring(alias.getKey().length());
            }
        }
        try {
            return exactly(method, path);
        } catch (HttpProblem problem) {
            // REST resources answer with a trailing slash too, and public clients send one.
            if (problem.status() == 404 && path.startsWith("/rest/") && path.endsWith("/")) {
                return exactly(method, path.substring(0, path.length() - 1));
            }
            throw problem;
        }
    }

    private Match exactly(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        boolean pathKnown = false;
        for (Route route : routes) {
            Map<String, String> parts = route.match(path);
            if (parts != null) {
                if (route.method().equals(wanted)) {
                    return new Match(route, parts);
                }
                pathKnown = true;
            }
        }
        throw pathKnown
                ? new HttpProblem(405, "Method " + method + " is not allowed here")
                : new HttpProblem(404, "Nothing is here");
    }

    public record Match(Route route, Map<String, String> parts) {
    }
}
