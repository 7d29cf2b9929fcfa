package org.migrationharness.standin.http;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The routing table: each part of the model adds its own routes at the start, in order of precedence. */
public final class Routes {
    /** The server answers /status while later parts of it still add their routes. */
    private final List<Route> routes = new CopyOnWriteArrayList<>();

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

    private Routes add(String method, String path, Access access, Handler handler) {
        routes.add(new Route(method, path, access, handler));
        return this;
    }

    /**
     * @throws HttpProblem 404 when no route has the path, 405 when none has the method
     */
    Match find(String method, String path) {
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

    record Match(Route route, Map<String, String> parts) {
    }
}
