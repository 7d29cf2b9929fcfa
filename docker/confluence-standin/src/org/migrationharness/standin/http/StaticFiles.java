package org.migrationharness.standin.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The stylesheet, the scripts and the icon, from inside the jar. The list is fixed, so no path leads elsewhere. */
public final class StaticFiles {
    private static final Map<String, String> TYPES = Map.of(
            "standin.css", "text/css;charset=UTF-8",
            "assistant.js", "text/javascript;charset=UTF-8",
            "login.js", "text/javascript;charset=UTF-8",
            "favicon.svg", "image/svg+xml");

    public void addTo(Routes routes) {
        routes.get("/s/{name}", Access.ANYONE, exchange -> send(exchange, exchange.part("name")))
                .get("/favicon.ico", Access.ANYONE, exchange -> send(exchange, "favicon.svg"));
    }

    private static void send(Exchange exchange, String name) throws IOException {
        String type = TYPES.get(name);
        if (type == null) {
            throw new HttpProblem(404, "Page not found");
        }
        try (InputStream in = StaticFiles.class.getResourceAsStream("/static/" + name)) {
            exchange.response().setContentType(type);
            exchange.response().setHeader("Cache-Control", "max-age=3600");
            in.transferTo(exchange.response().getOutputStream());
        }
    }
}
