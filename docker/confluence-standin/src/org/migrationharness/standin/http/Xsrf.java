package org.migrationharness.standin.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * The two XSRF checks. Forms carry a hidden {@code atl_token} that belongs to the session. REST writes that an
 * HTML form could send need the header {@code X-Atlassian-Token: no-check}, in this spelling ({@code nocheck}
 * gave 403 in the field). If the request looks like a browser's, its Origin must be this server (Atlassian's
 * knowledge base, "REST API calls with a browser User-Agent header may fail CSRF checks").
 */
public final class Xsrf {
    private static final String ATTRIBUTE = "atl_token";
    private static final String HEADER = "X-Atlassian-Token";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<String> FORM_TYPES =
            Set.of("application/x-www-form-urlencoded", "multipart/form-data", "text/plain");

    private Xsrf() {
    }

    /** The session's token; creates the session when there is none. */
    static String token(HttpServletRequest request) {
        HttpSession session = request.getSession(true);
        synchronized (Xsrf.class) {
            String token = (String) session.getAttribute(ATTRIBUTE);
            if (token == null) {
                byte[] bytes = new byte[20];
                RANDOM.nextBytes(bytes);
                token = HexFormat.of().formatHex(bytes);
                session.setAttribute(ATTRIBUTE, token);
            }
            return token;
        }
    }

    /**
     * @throws HttpProblem 403 when the post does not carry the token of its session
     */
    public static void checkForm(HttpServletRequest request) {
        if ("no-check".equals(request.getHeader(HEADER)) && sameOrigin(request)) {
            return;
        }
        HttpSession session = request.getSession(false);
        String expected = session == null ? null : (String) session.getAttribute(ATTRIBUTE);
        String token = request.getParameter("atl_token");
        if (expected == null || token == null || !equal(expected, token)) {
            throw new HttpProblem(403, "XSRF Security Token Missing");
        }
    }

    /**
     * @throws HttpProblem 403 when a REST write could be a forged form post
     */
    public static void checkRest(HttpServletRequest request) {
        String header = request.getHeader(HEADER);
        String type = request.getContentType() == null ? "" : request.getContentType().split(";")[0].strip();
        boolean formLike = FORM_TYPES.contains(type.toLowerCase(Locale.ROOT));
        boolean unchecked = header == null ? formLike : !"no-check".equals(header);
        if (unchecked || !sameOrigin(request)) {
            throw new HttpProblem(403, "XSRF check failed");
        }
    }

    private static boolean sameOrigin(HttpServletRequest request) {
        String agent = request.getHeader("User-Agent");
        String origin = request.getHeader("Origin");
        if (agent == null || !agent.startsWith("Mozilla") || origin == null) {
            return true;
        }
        return origin.equals(
                URI.create(request.getRequestURL().toString()).resolve("/").toString().replaceAll("/$", ""));
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
