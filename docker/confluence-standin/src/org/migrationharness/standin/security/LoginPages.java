package org.migrationharness.standin.security;

import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;

/**
 * The legacy login form: fields os_username, os_password, os_cookie, os_destination and the ids that public
 * page objects know (reference: dc-app-performance-toolkit's selectors).
 */
public final class LoginPages {
    private static final String HOME = "/plugins/servlet/ial/migration/home";

    private final Users users;

    public LoginPages(Users users) {
        this.users = users;
    }

    public void addTo(Routes routes) {
        routes.get("/login.action", Access.ANYONE, this::show)
                .post("/dologin.action", Access.ANYONE, this::login)
                .get("/logout.action", Access.ANYONE, this::logout)
                .get("/", Access.USER, exchange -> exchange.redirect(HOME))
                .get("/index.action", Access.USER, exchange -> exchange.redirect(HOME))
                .get("/dashboard.action", Access.USER, exchange -> exchange.redirect(HOME));
    }

    private void show(Exchange exchange) throws IOException {
        if (exchange.identity().known()) {
            exchange.redirect(destination(exchange));
            return;
        }
        form(exchange, "");
    }

    private void login(Exchange exchange) throws IOException {
        String name = exchange.param("os_username");
        if (!users.proves(name, exchange.param("os_password"))) {
            form(exchange, "Sorry, your username and password are incorrect. Please try again.");
            return;
        }
        HttpSession session = exchange.request().getSession(true);
        exchange.request().changeSessionId();
        session.setAttribute(Authenticator.SESSION_USER, name);
        exchange.redirect(destination(exchange));
    }

    private void logout(Exchange exchange) {
        HttpSession session = exchange.request().getSession(false);
        if (session != null) {
            session.invalidate();
        }
        exchange.redirect("/login.action?logout=true");
    }

    private static void form(Exchange exchange, String error) throws IOException {
        exchange.page("login", Map.of(
                "error", error,
                "username", exchange.param("os_username"),
                "destination", exchange.param("os_destination")));
    }

    /** Only paths of our own: a full URL here would send a fresh session anywhere. */
    private static String destination(Exchange exchange) {
        String wanted = exchange.param("os_destination");
        boolean ours = wanted.startsWith("/") && !wanted.startsWith("//") && !wanted.contains("\\")
                && wanted.chars().noneMatch(c -> c < ' ');
        return ours ? wanted : HOME;
    }
}
