package org.migrationharness.standin.tomcat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Identity;
import org.migrationharness.standin.http.NotThere;
import org.migrationharness.standin.http.Pages;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.http.Xsrf;
import org.migrationharness.standin.lifecycle.ApplicationState;
import org.migrationharness.standin.lifecycle.Lifecycle;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.log.RequestContext;
import org.migrationharness.standin.security.Authenticator;
import org.migrationharness.standin.security.WebSudo;
import org.migrationharness.standin.setup.SetupWizard;

/** The only servlet: finds the route, authenticates the user, checks access, and answers errors. */
public final class Dispatcher extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Log LOG = Log.named("com.atlassian.confluence.web.Dispatcher");
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final transient Routes routes;
    private final transient NotThere notThere;
    private final transient Authenticator authenticator;
    private final transient WebSudo webSudo;
    private final transient Lifecycle lifecycle;
    private final transient Pages pages;

    public Dispatcher(
            Routes routes,
            NotThere notThere,
            Authenticator authenticator,
            WebSudo webSudo,
            Lifecycle lifecycle,
            Pages pages) {
        this.routes = routes;
        this.notThere = notThere;
        this.authenticator = authenticator;
        this.webSudo = webSudo;
        this.lifecycle = lifecycle;
        this.pages = pages;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.setCharacterEncoding("UTF-8");
        try {
            dispatch(request, response);
        } catch (HttpProblem problem) {
            if (problem.status() == 501) {
                notThere.note(request.getMethod(), path(request));
            }
            answer(request, response, problem);
        } catch (Exception e) {
            if (response.isCommitted()) {
                throw new IOException("the client closed the connection", e);
            }
            String id = UUID.randomUUID().toString();
            LOG.error("service", "Unhandled exception " + id + " at " + request.getRequestURI(), e);
            answer(request, response, new HttpProblem(500, "Internal error, logged as " + id));
        } finally {
            RequestContext.clear();
        }
    }

    private void dispatch(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String path = path(request);
        Optional<Routes.Match> found = find(request.getMethod(), path);
        Access access = found.map(match -> match.route().access()).orElse(Access.USER);
        if (isRedirected(request, response, access)) {
            return;
        }
        Identity identity = authenticator.identify(request);
        if (identity.isAuthenticated()) {
            response.setHeader("X-AUSERNAME", URLEncoder.encode(identity.name(), StandardCharsets.UTF_8));
        }
        RequestContext.set(path, String.valueOf(identity.name()), Long.toHexString(System.nanoTime()));
        Routes.Match match = found.orElseThrow(() -> NotThere.problem(request.getMethod(), path));
        if (access.compareTo(Access.USER) >= 0 && !identity.isAuthenticated()) {
            askToLogIn(request, response);
            return;
        }
        if (access.compareTo(Access.ADMIN) >= 0 && !identity.isAdministrator()) {
            throw new HttpProblem(403, "Not permitted: an administrator is needed");
        }
        if (access == Access.SECURE_ADMIN && !webSudo.allows(request, identity)) {
            askForPassword(request, response);
            return;
        }
        checkXsrf(request, access);
        match.route().handler().handle(new Exchange(request, response, match.parts(), identity, pages));
    }

    /** Before the set-up every page redirects to the wizard; after it, the wizard redirects to the start page. */
    private boolean isRedirected(HttpServletRequest request, HttpServletResponse response, Access access) {
        boolean firstRun = lifecycle.state() == ApplicationState.FIRST_RUN;
        if (access == Access.ANYONE || firstRun == (access == Access.SETUP)) {
            return false;
        }
        if (firstRun && isRest(request)) {
            throw new HttpProblem(503, "Confluence is not set up yet");
        }
        response.setStatus(302);
        response.setHeader("Location", firstRun ? SetupWizard.CURRENT : "/");
        return true;
    }

    /** While the server starts, or if that failed, routes may be missing, so the answer is 503 and not 501. */
    private Optional<Routes.Match> find(String method, String path) {
        ApplicationState state = lifecycle.state();
        Optional<Routes.Match> match = routes.find(method, path);
        boolean forAnyone = match.map(found -> found.route().access() == Access.ANYONE).orElse(false);
        if (state == ApplicationState.ERROR && !forAnyone) {
            throw new HttpProblem(503, "Confluence could not be started. See its log.");
        }
        if (state == ApplicationState.STARTING && !forAnyone) {
            throw new HttpProblem(503, "Confluence is starting");
        }
        return match;
    }

    private static void checkXsrf(HttpServletRequest request, Access access) {
        if (READS.contains(request.getMethod()) || access == Access.ANYONE) {
            return;
        }
        if (isRest(request)) {
            // UPM's uploads have a token of their own, which another site's page cannot read.
            if (!path(request).equals("/rest/plugins/1.0/")) {
                Xsrf.checkRest(request);
            }
        } else {
            Xsrf.checkForm(request);
        }
    }

    private static void askToLogIn(HttpServletRequest request, HttpServletResponse response) {
        if (isRest(request)) {
            throw new HttpProblem(401, "Client must be authenticated to access this resource.");
        }
        response.setStatus(302);
        response.setHeader("Location", "/login.action?os_destination="
                + URLEncoder.encode(pathAndQuery(request), StandardCharsets.UTF_8));
    }

    /** Clients recognise websudo by the redirect to authenticate.action. */
    private static void askForPassword(HttpServletRequest request, HttpServletResponse response) {
        if (isRest(request)) {
            throw new HttpProblem(401, "Confirm your password at /authenticate.action first (websudo)");
        }
        boolean read = READS.contains(request.getMethod());
        response.setStatus(302);
        response.setHeader("Location", "/authenticate.action?destination="
                + URLEncoder.encode(read ? pathAndQuery(request) : "/", StandardCharsets.UTF_8));
    }

    private static String pathAndQuery(HttpServletRequest request) {
        String query = request.getQueryString();
        return request.getRequestURI() + (query == null ? "" : "?" + query);
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, HttpProblem problem)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        Exchange exchange = new Exchange(request, response, Map.of(), Identity.ANONYMOUS, pages);
        // Only to clients that use Basic: a browser would cover the page with its own password dialog.
        if (problem.status() == 401 && (request.getHeader("Authorization") != null
                || "basic".equals(request.getParameter("os_authType")))) {
            response.setHeader("WWW-Authenticate", "Basic realm=\"protected-area\"");
        }
        if (isRest(request)) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("statusCode", problem.status());
            body.put("message", problem.getMessage());
            if (problem.subCode() != null) {
                body.put("subCode", problem.subCode());
                body.put("errorMessage", problem.getMessage());
            }
            exchange.json(problem.status(), body);
        } else {
            exchange.page(problem.status(), "error",
                    Map.of("status", problem.status(), "message", problem.getMessage()));
        }
    }

    private static boolean isRest(HttpServletRequest request) {
        return path(request).startsWith("/rest/");
    }

    /** As Tomcat's own mapping of servlets sees it: clients join a base with a slash and a path that begins with one. */
    private static String path(HttpServletRequest request) {
        return request.getRequestURI().replaceAll("/{2,}", "/");
    }
}
