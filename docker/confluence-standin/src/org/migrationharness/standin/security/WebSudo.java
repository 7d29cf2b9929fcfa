package org.migrationharness.standin.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Identity;
import org.migrationharness.standin.http.LocalPath;
import org.migrationharness.standin.http.Routes;

/**
 * Secure administrator sessions: admin pages, and UPM by cookie, ask for the password again. A session lasts
 * until ten minutes without use; {@code -Dpassword.confirmation.disabled=true} switches this off.
 */
public final class WebSudo {
    private static final String ATTRIBUTE = "confluence.websudo.timestamp";
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    private final Users users;
    private final boolean enabled;
    private final long lifetimeMillis;

    /**
     * @param timeScale how many times faster than wall time the clock runs; the ten minutes are wall time
     */
    public WebSudo(Users users, int timeScale) {
        this.users = users;
        enabled = !Boolean.getBoolean("password.confirmation.disabled");
        lifetimeMillis = LIFETIME.toMillis() * timeScale;
    }

    public void addTo(Routes routes) {
        routes.get("/authenticate.action", Access.USER, exchange -> form(exchange, ""))
                .post("/doauthenticate.action", Access.USER, this::confirm)
                .get("/dropauthentication.action", Access.USER, this::drop);
    }

    /** Whether this request may use secured pages; if so, the secure session is prolonged. */
    public boolean allows(HttpServletRequest request, Identity identity) {
        if (!enabled || identity.credential() != Identity.Credential.COOKIE) {
            return true;
        }
        HttpSession session = request.getSession(false);
        Long confirmed = session == null ? null : (Long) session.getAttribute(ATTRIBUTE);
        long now = System.currentTimeMillis();
        if (confirmed == null || now - confirmed > lifetimeMillis) {
            return false;
        }
        session.setAttribute(ATTRIBUTE, now);
        return true;
    }

    private void form(Exchange exchange, String error) throws IOException {
        if (!enabled) {
            exchange.redirect(LocalPath.of(exchange.param("destination")).orElse("/"));
            return;
        }
        exchange.page("authenticate", Map.of("error", error, "destination", exchange.param("destination")));
    }

    private void confirm(Exchange exchange) throws IOException {
        if (!users.verifyPassword(exchange.identity().name(), exchange.param("password"))) {
            form(exchange, "The password is incorrect. Please try again.");
            return;
        }
        exchange.request().getSession(true).setAttribute(ATTRIBUTE, System.currentTimeMillis());
        exchange.redirect(LocalPath.of(exchange.param("destination")).orElse("/"));
    }

    private void drop(Exchange exchange) {
        HttpSession session = exchange.request().getSession(false);
        if (session != null) {
            session.removeAttribute(ATTRIBUTE);
        }
        exchange.redirect("/");
    }
}
