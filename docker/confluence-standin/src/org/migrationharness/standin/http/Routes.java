package org.migrationharness.standin.http;

import java.util.List;
import java.util.Map;
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

    /** Treats a path that begins with {@code prefix} as if it began with {@code target}. */
    public Routes alias(String prefix, String target) {
        aliases.put(prefix, target);
        return this;
    }

    private Routes add(String method, String path, Access access, Handler handler) {
        routes.add(new Route(method, path, access, handler));
        return this;
    }

    /**
     * @throws HttpProblem 404 when no route matches the path, 405 when none of those takes the method
     */
    public Match find(String method, String requestPath) {
        String path = requestPath;
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            if (path.startsWith(alias.getKey())) {
                path = alias.getValue() + path.substring(alias.getKey().length());
            }
        }
        try {
            return match(method, path);
        } catch (HttpProblem problem) {
            // REST resources also accept a trailing slash, and public clients send one.
            if (problem.status() == 404 && path.startsWith("/rest/") && path.endsWith("/")) {
                return match(method, path.substring(0, path.length() - 1));
            }
            throw problem;
        }
    }

    private Match match(String method, String path) {
        String routeMethod = method.equals("HEAD") ? "GET" : method;
        boolean pathFound = false;
        for (Route route : routes) {
            Map<String, String> parts = route.match(path);
            if (parts != null) {
                if (route.method().equals(routeMethod)) {
                    return new Match(route, parts);
                }
                pathFound = true;
            }
        }
        throw pathFound
                ? new HttpProblem(405, "Method " + method + " is not allowed here")
                : new HttpProblem(404, "Page not found");
    }

    public record Match(Route route, Map<String, String> parts) {
    }
}
