package org.migrationharness.standin;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.security.Account;
import org.migrationharness.standin.security.Users;

/** What clients probe to see whether the server is there and who they are. */
final class StatusRoutes {
    private final Lifecycle lifecycle;
    private final Users users;

    StatusRoutes(Lifecycle lifecycle, Users users) {
        this.lifecycle = lifecycle;
        this.users = users;
    }

    void addTo(Routes routes) {
        routes.get("/status", Access.ANYONE, this::status)
                .get("/rest/api/user/current", Access.USER, this::currentUser);
    }

    /** 200 in every state but ERROR; 500 there is Jira's documented answer. */
    private void status(Exchange exchange) throws IOException {
        ApplicationState state = lifecycle.state();
        exchange.json(state == ApplicationState.ERROR ? 500 : 200, Map.of("state", state.name()));
    }

    private void currentUser(Exchange exchange) throws IOException {
        Account account = users.find(exchange.identity().name())
                .orElseThrow(() -> new HttpProblem(403, "Not permitted to use Confluence"));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "known");
        body.put("username", account.name());
        body.put("userKey", account.key());
        body.put("displayName", account.fullName());
        body.put("_links", Map.of("base", exchange.origin(), "context", "",
                "self", exchange.origin() + "/rest/api/user?key=" + account.key()));
        exchange.json(200, body);
    }
}
