package org.migrationharness.standin.upm;

import com.google.gson.JsonObject;
import java.util.UUID;

/** One long task of UPM, as clients see it: the content type names its stage. */
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
    private volatile JarRejectedException rejection;
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
        rejection = why;
    }

    /** The key of the installed plugin, or null as long as it is not installed. */
    String pluginKey() {
        return pluginKey;
    }

    boolean done() {
        return pluginKey != null || rejection != null;
    }

    String contentType() {
        return rejection == null ? STAGE_TYPE.formatted(stage) : ERROR_TYPE;
    }

    JsonObject toJson() {
        JarRejectedException why = rejection;
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
        // Errors have no pingAfter, as recorded answers show.
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
