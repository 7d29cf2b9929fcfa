package org.migrationharness.standin.upm;

import com.google.gson.JsonObject;
import java.util.UUID;

/** One long task of UPM and how clients see it: the content type names the stage. */
final class UpmTask {
    static final String ERROR_TYPE = "application/vnd.atl.plugins.task.install.err+json";
    private static final String STAGE_TYPE = "application/vnd.atl.plugins.task.install.%s+json";
    private static final int PING_AFTER_MS = 100;

    private final String id = UUID.randomUUID().toString();
    private final String source;
    private final String user;
    private final long size;
    private final long created = System.currentTimeMillis();
    private volatile String stage = "downloading";
    private volatile JarRejectedException refusal;
    private volatile String pluginKey;

    UpmTask(String source, String user, long size) {
        this.source = source;
        this.user = user;
        this.size = size;
    }

    String id() {
        return id;
    }

    /** The name of the uploaded file, as the client gave it. */
    String source() {
        return source;
    }

    String self() {
        return "/rest/plugins/1.0/pending/" + id;
    }

    void installing() {
        stage = "installing";
    }

    void installed(String key) {
        pluginKey = key;
    }

    void failed(JarRejectedException why) {
        refusal = why;
    }

    /** The key of the installed plugin, or null while it is not (yet) there. */
    String pluginKey() {
        return pluginKey;
    }

    boolean done() {
        return pluginKey != null || refusal != null;
    }

    String contentType() {
        return refusal == null ? STAGE_TYPE.formatted(stage) : ERROR_TYPE;
    }

    JsonObject toJson() {
        JarRejectedException why = refusal;
        JsonObject status = new JsonObject();
        status.addProperty("done", done());
        status.addProperty("statusCode", 200);
        status.addProperty("contentType", contentType());
        status.addProperty("source", source);
        status.addProperty("name", source);
        if (why == null) {
            status.addProperty("amountDownloaded", size);
            status.addProperty("totalSize", size);
        } else {
            status.addProperty("subCode", why.subCode());
            status.addProperty("errorMessage", why.getMessage());
        }
        JsonObject links = new JsonObject();
        links.addProperty("self", self());
        links.addProperty("alternate", "/rest/plugins/1.0/tasks/" + id);
        JsonObject task = new JsonObject();
        task.addProperty("type", "INSTALL");
        // Error answers carry no pingAfter (seen in clients' recorded answers).
        if (why == null) {
            task.addProperty("pingAfter", PING_AFTER_MS);
        }
        task.add("status", status);
        task.add("links", links);
        task.addProperty("id", id);
        task.addProperty("userKey", user);
        task.addProperty("timestamp", created);
        return task;
    }
}
