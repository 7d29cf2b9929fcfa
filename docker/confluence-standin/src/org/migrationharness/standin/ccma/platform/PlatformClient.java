package org.migrationharness.standin.ccma.platform;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.store.JsonFile;

/**
 * The calls from this server to the cloud. The real protocol is not public; this one is the project's own
 * (docs/server-protocol.md). The server attaches itself to the cloud when it first needs it, so that it also
 * boots without one.
 */
public final class PlatformClient {
    private static final Log LOG = Log.named("com.atlassian.migration.app.PlatformClient");
    private static final int NOT_AUTHORISED = 401;
    private static final String TOKEN_EXPIRED = "token-expired";
    private static final String CONNECTION_EXPIRED = "connection-expired";
    /** An upload cannot be sent twice, so its token is renewed before it ends. */
    private static final long RENEW_BEFORE_MILLIS = Duration.ofMinutes(30).toMillis();

    private final PlatformHttp http;
    private final JsonFile<CloudConnection> connectionFile;
    private final ServerIdentity server;
    private final String cloudUrl;
    private CloudConnection connection;
    private boolean expired;

    /**
     * @param state the folder that keeps the connection
     * @param settings where the cloud is
     * @param server how this server introduces itself when it attaches
     */
    public PlatformClient(Path state, PlatformSettings settings, ServerIdentity server) {
        this.server = server;
        http = new PlatformHttp(settings.platformUrl(), settings.timeScale(),
                settings.ownProtocol() ? Dialect.OWN : new OtherDialect());
        cloudUrl = settings.cloudUrl().toString();
        connectionFile = new JsonFile<>(state.resolve("cloud-connection.json"), new TypeToken<>() { });
        connection = connectionFile.load(null);
    }

    public CreatedMigration createMigration(String planId, String name) throws PlatformException {
        JsonObject answer = post("/migrations", Map.of("planId", planId, "name", name)).getAsJsonObject();
        return new CreatedMigration(
                answer.get("migrationId").getAsString(),
                answer.get("migrationScopeId").getAsString(),
                answer.get("name").getAsString(),
                answer.get("createdAt").getAsLong(),
                new CloudSite(
                        answer.get("cloudUrl").getAsString(),
                        text(answer, "confluenceClientKey"),
                        text(answer, "jiraClientKey")));
    }

    /** A part of what a plan's core migration moves. */
    public void moveContent(String planId, JsonObject content) throws PlatformException {
        post("/plans/" + encoded(planId) + "/content", content);
    }

    public CreatedTransfer createTransfer(String migrationId, TransferRequest transfer)
            throws PlatformException {
        JsonObject body = new JsonObject();
        body.addProperty("containerId", transfer.containerId());
        body.addProperty("serverAppKey", transfer.serverAppKey());
        body.addProperty("cloudAppKey", transfer.cloudAppKey());
        body.add("dataAccessScopes", new Gson().toJsonTree(transfer.dataAccessScopes()));
        body.addProperty("originalTransferId", transfer.originalTransferId());
        body.addProperty("forgeEnvironment", transfer.forgeEnvironment());
        JsonObject answer = post("/migrations/" + migrationId + "/transfers", body).getAsJsonObject();
        return new CreatedTransfer(answer.get("transferId").getAsString(), answer.get("linked").getAsBoolean());
    }

    public void exportCompleted(String transferId) throws PlatformException {
        post("/transfers/" + encoded(transferId) + "/export-completed", Map.of());
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

    /** What kind of app is installed on the site under a key: {@code connect}, {@code forge}, or null for none. */
    public String installedKind(String cloudAppKey) throws PlatformException {
        return text(get("/apps/" + encoded(cloudAppKey)).getAsJsonObject(), "kind");
    }

    public JsonArray log(String migrationId) throws PlatformException {
        return get("/migrations/" + migrationId + "/log").getAsJsonObject().getAsJsonArray("rows");
    }

    public void upload(String transferId, String label, HttpRequest.BodyPublisher body) throws PlatformException {
        String query = label == null ? "" : "?label=" + encoded(label);
        http.upload("/transfers/" + encoded(transferId) + "/data" + query, lasting().token(), body);
    }

    public List<TransferProgress> progress(String migrationId) throws PlatformException {
        return get("/migrations/" + migrationId + "/progress").getAsJsonObject()
                .getAsJsonArray("transfers").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(one -> new TransferProgress(
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

    private JsonElement authorised(AuthorisedCall call) throws PlatformException {
        CloudConnection known = connection();
        try {
            return call.with(known.token());
        } catch (PlatformException e) {
            return call.with(instead(known, e).token());
        }
    }

    /**
     * What to go on with after a refusal: a token that has expired is renewed. A cloud that does not know the
     * token was started anew, and this server attaches itself, as it did at first. But once the site's connection
     * has expired, only an administrator can connect again.
     */
    private synchronized CloudConnection instead(CloudConnection refused, PlatformException why)
            throws PlatformException {
        if (why.status() != NOT_AUTHORISED) {
            throw why;
        }
        noteExpiry(why);
        if (!refused.equals(connection)) {
            return connection();
        }
        if (TOKEN_EXPIRED.equals(why.code())) {
            return renewed();
        }
        connection = null;
        return connection();
    }

    private void noteExpiry(PlatformException why) throws PlatformException {
        if (CONNECTION_EXPIRED.equals(why.code())) {
            if (!expired) {
                LOG.warn("authorise", "The connection to " + cloudUrl + " has expired: an administrator has to connect "
                        + "the site again on the Migration Assistant's home");
            }
            expired = true;
            throw why;
        }
    }

    private CloudConnection renewed() throws PlatformException {
        JsonObject answer;
        try {
            answer = http.post("/token", connection.token(), Map.of()).getAsJsonObject();
        } catch (PlatformException e) {
            noteExpiry(e);
            throw e;
        }
        connection = connection.with(answer.get("token").getAsString(), answer.get("expiresAt").getAsLong());
        connectionFile.save(connection);
        return connection;
    }

    private synchronized CloudConnection lasting() throws PlatformException {
        boolean lasts = connection().expiresAt() - System.currentTimeMillis() > RENEW_BEFORE_MILLIS;
        return lasts ? connection : renewed();
    }

    /** Whether the cloud has said that the connection has expired. */
    public synchronized boolean isExpired() {
        return expired;
    }

    /** Asks the cloud whether this server is still connected; attaches it when it never was. */
    public String connectedSite() throws PlatformException {
        String site = text(get("/connection").getAsJsonObject(), "cloudUrl");
        noteAlive();
        return site;
    }

    private synchronized void noteAlive() {
        expired = false;
    }

    /** An administrator connects the site again. */
    public synchronized void connectAgain() throws PlatformException {
        connection = null;
        connection();
        expired = false;
    }

    /** The connection to the cloud; attaches this server when there is none yet. */
    public synchronized CloudConnection connection() throws PlatformException {
        if (connection == null) {
            JsonObject answer = http.post("/attach", null, Map.of(
                    "serverId", server.id(), "serverBaseUrl", server.baseUrl(), "cloudUrl", cloudUrl))
                    .getAsJsonObject();
            connection = new CloudConnection(
                    answer.get("token").getAsString(),
                    answer.get("expiresAt").getAsLong(),
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
