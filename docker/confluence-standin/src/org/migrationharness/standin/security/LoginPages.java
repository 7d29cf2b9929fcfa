package org.migrationharness.standin.security;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.LocalPath;
import org.migrationharness.standin.http.Routes;

/**
 * The two login forms, with the fields and ids that public page objects use (dc-app-performance-toolkit's
 * selectors). The newer one posts JSON; when it is in use, a plain post to the legacy address is refused, as on
 * 10.2.
 */
public final class LoginPages {
    private static final String HOME = "/dashboard.action";
    private static final String WRONG = "Sorry, your username and password are incorrect. Please try again.";

    private final Users users;
    private final boolean twoStep;

    /**
     * @param twoStep whether the newer form, made for a second step, is in use
     */
    public LoginPages(Users users, boolean twoStep) {
        this.users = users;
        this.twoStep = twoStep;
    }

    public void addTo(Routes routes) {
        routes.get("/login.action", Access.ANYONE, this::show)
                .post("/dologin.action", Access.ANYONE, this::login)
                .get("/dologin.action", Access.ANYONE, this::show)
                .get("/logout.action", Access.ANYONE, this::logout);
        if (twoStep) {
            routes.post("/rest/tsv/1.0/authenticate", Access.ANYONE, this::authenticate);
        } else {
            routes.absent("/rest/tsv/1.0/authenticate"); // A release with the older form has no such resource.
        }
    }

    private void show(Exchange exchange) throws IOException {
        if (exchange.identity().isAuthenticated()) {
            exchange.redirect(LocalPath.of(exchange.param("os_destination")).orElse(HOME));
            return;
        }
        form(exchange, "");
    }

    private void login(Exchange exchange) throws IOException {
        if (twoStep) {
            throw new HttpProblem(403, "Log in with the form");
        }
        String name = exchange.param("os_username");
        if (!users.verifyPassword(name, exchange.param("os_password"))) {
            form(exchange, WRONG);
            return;
        }
        Authenticator.logIn(exchange.request(), name);
        exchange.redirect(LocalPath.of(exchange.param("os_destination")).orElse(HOME));
    }

    /** The names of the request's members are known. The answer's shape is not; ours says where to go. */
    private void authenticate(Exchange exchange) throws IOException {
        JsonElement body = exchange.jsonBody();
        String name = member(body, "username");
        if (!users.verifyPassword(name, member(body, "password"))) {
            exchange.json(401, Map.of("statusCode", 401, "message", WRONG));
            return;
        }
        Authenticator.logIn(exchange.request(), name);
        exchange.json(200, Map.of("status", "SUCCESS",
                "redirectUrl", LocalPath.of(member(body, "targetUrl")).orElse(HOME)));
    }

    private static String member(JsonElement body, String name) {
        return body instanceof JsonObject object && object.get(name) != null && object.get(name).isJsonPrimitive()
                ? object.get(name).getAsString()
                : "";
    }

    private void logout(Exchange exchange) {
        HttpSession session = exchange.request().getSession(false);
        if (session != null) {
            session.invalidate();
        }
        exchange.redirect("/login.action?logout=true");
    }

    private void form(Exchange exchange, String error) throws IOException {
        exchange.page(twoStep ? "login-tsv" : "login", Map.of(
                "error", error,
                "loggedOut", exchange.param("logout").equals("true"),
                "username", exchange.param("os_username"),
                "destination", exchange.param("os_destination")));
    }
}
