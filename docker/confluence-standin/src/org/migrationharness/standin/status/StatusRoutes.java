package org.migrationharness.standin.status;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.lifecycle.ApplicationState;
import org.migrationharness.standin.lifecycle.Lifecycle;
import org.migrationharness.standin.security.Account;
import org.migrationharness.standin.security.Users;
import org.migrationharness.standin.setup.SetupConfig;

/**
 * What clients ask for to learn whether the server is up, what it is, and who they are. Only the body of /status
 * and the manifest's version are documented; the other bodies hold what public clients read.
 */
public final class StatusRoutes {
    /** As many as the licences have that Atlassian publishes for tests. */
    private static final int SEATS = 10;
    /** A licence of the stand-in never ends, and clients want a date. */
    private static final Instant EXPIRES = Instant.parse("2099-12-31T23:59:59Z");

    private final Lifecycle lifecycle;
    private final Users users;
    private final SetupConfig config;

    public StatusRoutes(Lifecycle lifecycle, Users users, SetupConfig config) {
        this.lifecycle = lifecycle;
        this.users = users;
        this.config = config;
    }

    public void addTo(Routes routes) {
        routes.get("/status", Access.ANYONE, this::status)
                .get("/rest/applinks/1.0/manifest", Access.ANYONE, this::manifest)
                .get("/rest/api/user/current", Access.USER, this::currentUser)
                .get("/rest/api/user", Access.USER, this::user)
                .get("/rest/zdu/cluster", Access.ADMIN, this::cluster)
                .get("/rest/license/1.0/license/details", Access.ADMIN, this::license)
                .get("/rest/license/1.0/license/remainingSeats", Access.ADMIN,
                        this::remainingSeats)
                .get("/rest/troubleshooting/1.0/check", Access.ADMIN, this::health);
        routes.alias("/rest/applinks/latest/", "/rest/applinks/1.0/");
    }

    /** 200 in every state but ERROR, where Jira's documentation says 500. */
    private void status(Exchange exchange) throws IOException {
        ApplicationState state = lifecycle.state();
        exchange.json(state == ApplicationState.ERROR ? 500 : 200, Map.of("state", state.name()));
    }

    /** XML, unless the client accepts JSON. */
    private void manifest(Exchange exchange) throws IOException {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("id", config.serverId());
        manifest.put("name", "Confluence");
        manifest.put("typeId", "confluence");
        manifest.put("version", Product.VERSION);
        manifest.put("buildNumber", Product.BUILD_NUMBER);
        manifest.put("publicSignup", false);
        manifest.put("url", exchange.origin());
        String accept = exchange.request().getHeader("Accept");
        if (accept != null && accept.contains("json")) {
            exchange.json(200, manifest);
            return;
        }
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest>");
        manifest.forEach((name, value) -> xml.append('<').append(name).append('>')
                .append(value.toString().replace("&", "&amp;").replace("<", "&lt;"))
                .append("</").append(name).append('>'));
        exchange.text(200, xml.append("</manifest>").toString(), "application/xml;charset=UTF-8");
    }

    private void currentUser(Exchange exchange) throws IOException {
        Account account = users.find(exchange.identity().name())
                .orElseThrow(() -> new HttpProblem(403, "Not permitted to use Confluence"));
        show(exchange, account);
    }

    private void user(Exchange exchange) throws IOException {
        if (!exchange.has("username") && !exchange.has("key")) {
            throw new HttpProblem(400, "A username or a key is required");
        }
        show(exchange, users.find(exchange.param("username"))
                .or(() -> users.findByKey(exchange.param("key")))
                .orElseThrow(() -> new HttpProblem(404, "No user found with that username or key")));
    }

    private static void show(Exchange exchange, Account account) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "known");
        body.put("username", account.name());
        body.put("userKey", account.key());
        body.put("displayName", account.fullName());
        body.put("_links", Map.of("base", exchange.origin(), "context", "",
                "self", exchange.origin() + "/rest/api/user?key=" + account.key()));
        exchange.json(200, body);
    }

    private void cluster(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("upgradeMode", false, "state", "STABLE", "nodes", List.of(Map.of(
                "id", config.serverId(), "name", "node1", "state", "ACTIVE",
                "version", Product.VERSION))));
    }

    /** Never the licence itself. */
    private void license(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("licensed", !config.license().isEmpty(), "maxUsers", SEATS,
                "expiryDate", EXPIRES.toEpochMilli(), "serverId", config.serverId()));
    }

    private void remainingSeats(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("count", Math.max(0, SEATS - users.all().size())));
    }

    private void health(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("healthy", List.of(Map.of(
                "name", "Stand-in", "isHealthy", lifecycle.state() == ApplicationState.RUNNING,
                "failureReason", "", "severity", "undefined"))));
    }
}
