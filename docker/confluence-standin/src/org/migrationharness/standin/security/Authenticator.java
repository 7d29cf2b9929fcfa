package org.migrationharness.standin.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Identity;

/** Authenticates a request: by its Authorization header, or else by the session's cookie. */
public final class Authenticator {
    private static final String SESSION_USER = "seraph_defaultauthenticator_user";
    /** Allows HTTP Basic even if it is switched off, as it is on new 10.2 installs. */
    private static final String FORCE_BASIC =
            "com.atlassian.plugins.authentication.basic.auth.filter.force.allow";

    private final Users users;
    private final AccessTokens tokens;
    private final boolean basicAllowed;

    public Authenticator(Users users, AccessTokens tokens, boolean basicAllowed) {
        this.users = users;
        this.tokens = tokens;
        this.basicAllowed = basicAllowed || Boolean.getBoolean(FORCE_BASIC);
    }

    /**
     * @return the user, or {@link Identity#ANONYMOUS} without credentials
     * @throws HttpProblem 401 for wrong credentials, 403 for Basic when it is switched off
     */
    public Identity identify(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        if (header != null && header.regionMatches(true, 0, "Basic ", 0, 6)) {
            if (!basicAllowed) {
                throw new HttpProblem(403, "Basic Authentication has been disabled on this instance.");
            }
            return basic(header.substring(6).strip())
                    .orElseThrow(() -> new HttpProblem(401, "Basic Authentication Failure"));
        }
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return tokens.user(header.substring(7).strip())
                    .filter(name -> users.find(name).isPresent())
                    .map(name -> identity(name, Identity.Credential.TOKEN))
                    .orElseThrow(() -> new HttpProblem(401, "The access token is unknown or has expired"));
        }
        HttpSession session = request.getSession(false);
        String name = session == null ? null : (String) session.getAttribute(SESSION_USER);
        // A user may have been removed while logged in.
        return users.find(name).isEmpty() ? Identity.ANONYMOUS : identity(name, Identity.Credential.COOKIE);
    }

    private Identity identity(String name, Identity.Credential credential) {
        return new Identity(name, credential, users.isAdministrator(name));
    }

    /** Logs {@code name} in: gives the session a new id, and the user. */
    public static void logIn(HttpServletRequest request, String name) {
        HttpSession session = request.getSession(true);
        request.changeSessionId();
        session.setAttribute(SESSION_USER, name);
    }

    private Optional<Identity> basic(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        if (colon < 0 || !users.verifyPassword(pair.substring(0, colon), pair.substring(colon + 1))) {
            return Optional.empty();
        }
        return Optional.of(identity(pair.substring(0, colon), Identity.Credential.BASIC));
    }
}
