package org.migrationharness.standin.ccma.platform;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;

/** The HTTP below {@link PlatformClient}: JSON in and out, time-outs in wall time. */
final class PlatformHttp {
    private static final Gson GSON = new Gson();
    private static final int TIMEOUT_SECONDS = 30;
    private static final int CONNECT_SECONDS = 5;

    private final URI base;
    private final Dialect dialect;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * @param platformUrl the base URL of the migration platform
     * @param timeScale how many times faster than wall time this JVM's clock runs; a time-out that is not
     *     multiplied by it would expire within milliseconds
     * @param dialect how calls are put on the wire
     */
    PlatformHttp(URI platformUrl, int timeScale, Dialect dialect) {
        base = platformUrl;
        this.dialect = dialect;
        timeout = Duration.ofSeconds((long) TIMEOUT_SECONDS * timeScale);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds((long) CONNECT_SECONDS * timeScale))
                .executor(Executors.newCachedThreadPool(work -> {
                    Thread thread = new Thread(work, "migration-platform-http");
                    thread.setDaemon(true);
                    return thread;
                }))
                .build();
    }

    JsonElement get(String path, String token) throws PlatformException {
        return send("GET", path, token, null);
    }

    JsonElement post(String path, String token, Object body) throws PlatformException {
        return send("POST", path, token, body);
    }

    /** Streams a body of unknown length, without a time-out: the caller's stream decides how long it takes. */
    JsonElement upload(String path, String token, HttpRequest.BodyPublisher body) throws PlatformException {
        Dialect.WireCall call = dialect.call("POST", path, null);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + call.path()))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/octet-stream")
                .method(call.method(), body)
                .build();
        return exchange(request);
    }

    private JsonElement send(String method, String path, String token, Object body) throws PlatformException {
        Dialect.WireCall call = dialect.call(method, path, body == null ? null : GSON.toJsonTree(body));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + call.path()))
                .timeout(timeout)
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .method(call.method(), call.body() == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(GSON.toJson(call.body())));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return dialect.answer(path, exchange(request.build()));
    }

    private JsonElement exchange(HttpRequest request) throws PlatformException {
        String what = request.method() + " " + request.uri();
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new PlatformException(what + " got no answer: " + e, 0, null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(what + " was interrupted", 0, null, e);
        }
        if (response.statusCode() / 100 != 2) {
            throw new PlatformException(what + " was answered " + response.statusCode() + " " + shortened(
                    response.body()), response.statusCode(), code(response.body()), null);
        }
        try {
            return JsonParser.parseString(response.body().isBlank() ? "{}" : response.body());
        } catch (JsonParseException e) {
            throw new PlatformException(what + " got an answer that is not JSON", response.statusCode(), null, e);
        }
    }

    private static String code(String body) {
        try {
            return JsonParser.parseString(body) instanceof JsonObject error ? PlatformClient.text(error, "code") : null;
        } catch (JsonParseException e) {
            return null;
        }
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "...";
    }
}
