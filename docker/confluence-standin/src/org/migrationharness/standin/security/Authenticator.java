package org.migrationharness.standin.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Finds out who sent a request: HTTP Basic first, then the session's cookie. */
public final class Authenticator {
    static final String SESSION_USER = "seraph_defaultauthenticator_user";

    private final Users users;

    public Authenticator(Users users) {
        this.users = users;
    }

    /**
     * @return who it is, {@link Identity#NOBODY} without credentials, empty with wrong ones
     */
    public Optional<Identity> identify(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        if (header != null && header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return basic(header.substring(6).strip());
        }
        HttpSession session = request.getSession(false);
        String name = session == null ? null : (String) session.getAttribute(SESSION_USER);
        return Optional.of(name == null ? Identity.NOBODY : new Identity(name, Identity.Way.COOKIE));
    }

    private Optional<Identity> basic(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        if (colon < 0 || !users.proves(pair.substring(0, colon), pair.substring(colon + 1))) {
            return Optional.empty();
        }
        return Optional.of(new Identity(pair.substring(0, colon), Identity.Way.BASIC));
    }
}
