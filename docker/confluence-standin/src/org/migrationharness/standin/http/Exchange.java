package org.migrationharness.standin.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** One request and its response, with what handlers need of them. */
public final class Exchange {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final Gson GSON_WITH_NULLS =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private static final int JSON_LIMIT = 1 << 20;

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Map<String, String> parts;
    private final Identity identity;
    private final Pages pages;

    public Exchange(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> parts,
            Identity identity,
            Pages pages) {
        this.request = request;
        this.response = response;
        this.parts = parts;
        this.identity = identity;
        this.pages = pages;
    }

    public HttpServletRequest request() {
        return request;
    }

    public HttpServletResponse response() {
        return response;
    }

    public Identity identity() {
        return identity;
    }

    /**
     * Guards a link that changes something, as the product has some.
     *
     * @throws HttpProblem 403 when the session's token is not among the parameters
     */
    public void requireToken() {
        Xsrf.checkForm(request);
    }

    public String path() {
        return request.getRequestURI();
    }

    /** A named part of the path. */
    public String part(String name) {
        return parts.get(name);
    }

    /** A query or form parameter, or the empty string. */
    public String param(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    public boolean has(String name) {
        return request.getParameter(name) != null;
    }

    /** The scheme, host and port that the client used, for absolute links. */
    public String origin() {
        return URI.create(request.getRequestURL().toString()).resolve("/").toString().replaceAll("/$", "");
    }

    /**
     * @throws HttpProblem 400 when the body is not JSON, 413 when it is too large
     */
    public JsonElement jsonBody() throws IOException {
        return jsonBody(JSON_LIMIT);
    }

    /** The body, which has to be a JSON object. */
    public JsonObject jsonObject() throws IOException {
        return jsonObject(JSON_LIMIT);
    }

    /** As {@link #jsonObject()}, for a body that may be larger than usual. */
    public JsonObject jsonObject(int limit) throws IOException {
        if (!(jsonBody(limit) instanceof JsonObject object)) {
            throw new HttpProblem(400, "The body must be a JSON object");
        }
        return object;
    }

    /** As {@link #jsonBody()}, for a body that may be larger than usual. */
    public JsonElement jsonBody(int limit) throws IOException {
        byte[] body = request.getInputStream().readNBytes(limit + 1);
        if (body.length > limit) {
            throw new HttpProblem(413, "The body is larger than " + limit + " bytes");
        }
        try {
            return JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
        } catch (JsonParseException e) {
            throw new HttpProblem(400, "The body is not valid JSON");
        }
    }

    public void json(int status, Object body) throws IOException {
        json(status, body, "application/json");
    }

    public void json(int status, Object body, String contentType) throws IOException {
        text(status, GSON.toJson(body), contentType + ";charset=UTF-8");
    }

    /** For answers whose null members are documented. */
    public void jsonWithNulls(int status, Object body) throws IOException {
        text(status, GSON_WITH_NULLS.toJson(body), "application/json;charset=UTF-8");
    }

    public void text(int status, String body, String contentType) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(contentType);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /** Renders a template with {@code model} and the values that every page needs. */
    public void page(int status, String template, Map<String, ?> model) throws IOException {
        Map<String, Object> all = new HashMap<>(model);
        all.put("user", identity.name());
        all.put("atlToken", Xsrf.token(request));
        all.put("path", path());
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Frame-Options", "SAMEORIGIN");
        response.setHeader("X-Content-Type-Options", "nosniff");
        text(status, pages.render(template, all), "text/html;charset=UTF-8");
    }

    public void page(String template, Map<String, ?> model) throws IOException {
        page(200, template, model);
    }

    public void redirect(String location) {
        redirect(302, location);
    }

    public void redirect(int status, String location) {
        response.setStatus(status);
        response.setHeader("Location", location);
        response.setContentLength(0);
    }

    public void empty(int status) {
        response.setStatus(status);
    }
}
