package org.migrationharness.standin.ccma.platform;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.Settings;
import org.migrationharness.standin.ccma.listeners.AppListener;
import org.migrationharness.standin.store.JsonFile;

/**
 * The calls between this server and the cloud. The real ones are not public; these are the project's own
 * protocol (docs/server-protocol.md). The server attaches itself when it first needs the cloud, so that it
 * boots where there is none.
 */
public final class PlatformClient {
    private final PlatformHttp http;
    private final JsonFile<CloudConnection> connectionFile;
    private final String serverId;
    private final String serverBaseUrl;
    private final String cloudUrl;
    private CloudConnection connection;

    public PlatformClient(Path state, Settings settings, String serverId, String serverBaseUrl) {
        this.serverId = serverId;
        this.http = new PlatformHttp(settings.platformUrl(), settings.timeScale());
        this.serverBaseUrl = serverBaseUrl;
        this.cloudUrl = settings.cloudUrl().toString();
        connectionFile = new JsonFile<>(state.resolve("cloud-connection.json"), new TypeToken<>() { });
        connection = connectionFile.load(null);
    }

    /**
     * What the cloud answered to a new migration.
     *
     * @param createdAt epoch milliseconds of platform time
     */
    public record NewMigration(
            String migrationId,
            String migrationScopeId,
            String name,
            long createdAt,
            String cloudUrl,
            String confluenceClientKey,
            String jiraClientKey) {
    }

    /**
     * What the cloud answered to a new transfer.
     *
     * @param linked whether it could link the server app to a cloud app
     */
    public record NewTransfer(String transferId, boolean linked) {
    }

    /** One transfer in a poll's answer. */
    public record Progress(
            String containerId, String status, Integer percent, String message, long lastUpdatedAt) {
    }

    public NewMigration createMigration(String planId, String name) throws PlatformException {
        JsonObject answer = post("/migrations", Map.of("planId", planId, "name", name)).getAsJsonObject();
        return new NewMigration(
                answer.get("migrationId").getAsString(),
                answer.get("migrationScopeId").getAsString(),
                answer.get("name").getAsString(),
                answer.get("createdAt").getAsLong(),
                answer.get("cloudUrl").getAsString(),
                text(answer, "confluenceClientKey"),
                text(answer, "jiraClientKey"));
    }

    public NewTransfer createTransfer(String migrationId, String containerId, AppListener listener)
            throws PlatformException {
        JsonObject body = new JsonObject();
        body.addProperty("containerId", containerId);
        body.addProperty("serverAppKey", listener.serverAppKey());
        body.addProperty("cloudAppKey", listener.cloudAppKey());
        body.add("dataAccessScopes", new com.google.gson.Gson().toJsonTree(listener.dataAccessScopes()));
        body.add("originalTransferId", JsonNull.INSTANCE);
        JsonObject answer = post("/migrations/" + migrationId + "/transfers", body).getAsJsonObject();
        return new NewTransfer(answer.get("transferId").getAsString(), answer.get("linked").getAsBoolean());
    }

    public void triggered(String transferId) throws PlatformException {
        post("/transfers/" + encoded(transferId) + "/triggered", Map.of());
    }

    public void errored(String transferId, String exceptionType, String safeStackTrace) throws PlatformException {
        post("/transfers/" + encoded(transferId) + "/errored",
                Map.of("exceptionType", exceptionType, "safeStackTrace", safeStackTrace));
    }

    public void cancel(String transferId) throws PlatformException {
        post("/transfers/" + encoded(transferId) + "/cancel", Map.of());
    }

    public boolean isInstalled(String cloudAppKey) throws PlatformException {
        JsonElement installed = get("/apps/" + encoded(cloudAppKey)).getAsJsonObject().get("installed");
        return installed != null && installed.getAsBoolean();
    }

    public JsonArray log(String migrationId) throws PlatformException {
        return get("/migrations/" + migrationId + "/log").getAsJsonObject().getAsJsonArray("rows");
    }

    public void upload(String transferId, String label, HttpRequest.BodyPublisher body) throws PlatformException {
        String query = label == null ? "" : "?label=" + encoded(label);
        http.upload("/transfers/" + encoded(transferId) + "/data" + query, connection().token(), body);
    }

    public List<Progress> progress(String migrationId) throws PlatformException {
        return get("/migrations/" + migrationId + "/progress").getAsJsonObject()
                .getAsJsonArray("transfers").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(one -> new Progress(
                        text(one, "containerId"),
                        text(one, "status"),
                        one.get("percent").isJsonNull() ? null : one.get("percent").getAsInt(),
                        text(one, "message"),
                        one.get("lastUpdatedAt").isJsonNull() ? 0 : one.get("lastUpdatedAt").getAsLong()))
                .toList();
    }

    public JsonElement findMappings(String transferId, String namespace, Collection<String> keys)
            throws PlatformException {
        return post("/transfers/" + encoded(transferId) + "/mapping/find?namespace=" + encoded(namespace), keys);
    }

    public JsonObject mappingPage(String transferId, String namespace, String lastEntity, int pageSize)
            throws PlatformException {
        return get("/transfers/" + encoded(transferId) + "/mapping/page?namespace=" + encoded(namespace)
                + page(lastEntity, pageSize)).getAsJsonObject();
    }

    public JsonObject containerPage(String transferId, String containerType, String lastEntity, int pageSize)
            throws PlatformException {
        return get("/transfers/" + encoded(transferId) + "/containers?containerType=" + encoded(containerType)
                + page(lastEntity, pageSize)).getAsJsonObject();
    }

    public JsonObject feedback(String transferId) throws PlatformException {
        return get("/transfers/" + encoded(transferId) + "/feedback").getAsJsonObject();
    }

    private JsonElement get(String path) throws PlatformException {
        return authorised(token -> http.get(path, token));
    }

    private JsonElement post(String path, Object body) throws PlatformException {
        return authorised(token -> http.post(path, token, body));
    }

    /** A cloud that was started anew does not know the old token: attach once more, then give up. */
    private JsonElement authorised(AuthorisedCall call) throws PlatformException {
        CloudConnection known = connection();
        try {
            return call.with(known.token());
        } catch (PlatformException e) {
            if (e.status() != 401) {
                throw e;
            }
            forget(known);
            return call.with(connection().token());
        }
    }

    private synchronized void forget(CloudConnection old) {
        if (old.equals(connection)) {
            connection = null;
        }
    }

    public synchronized CloudConnection connection() throws PlatformException {
        if (connection == null) {
            JsonObject answer = http.post("/attach", null, Map.of(
                    "serverId", serverId, "serverBaseUrl", serverBaseUrl, "cloudUrl", cloudUrl))
                    .getAsJsonObject();
            connection = new CloudConnection(
                    answer.get("token").getAsString(),
                    answer.get("cloudUrl").getAsString(),
                    answer.get("migrationScopeId").getAsString(),
                    text(answer, "confluenceClientKey"));
            connectionFile.save(connection);
        }
        return connection;
    }

    private static String page(String lastEntity, int pageSize) {
        return "&pageSize=" + pageSize + (lastEntity == null ? "" : "&lastEntity=" + encoded(lastEntity));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public static String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }

    private interface AuthorisedCall {
        JsonElement with(String token) throws PlatformException;
    }
}
