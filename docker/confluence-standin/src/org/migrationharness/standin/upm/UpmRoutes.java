package org.migrationharness.standin.upm;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/** UPM's REST, as its public documentation and independent clients describe it, and a page that lists the same. */
public final class UpmRoutes {
    private static final String BASE = PluginJson.BASE;
    private static final String INSTALLED_TYPE = "application/vnd.atl.plugins.installed+json";
    private static final String PLUGIN_TYPE = "application/vnd.atl.plugins.plugin+json";
    private static final String URI_TYPE = "application/vnd.atl.plugins.install.uri+json";

    private final Plugins plugins;
    private final TaskManager tasks;
    private final UploadTokens tokens = new UploadTokens();
    private final UpmSettings settings;
    private final Path temporary;
    private final Downloads downloads;
    private final String assistantVersion;

    /**
     * @param timeScale how many times faster than wall time this JVM's clock runs
     * @param assistantVersion the version of the bundled migration assistant, which is a plugin too
     */
    public UpmRoutes(
            Plugins plugins, UpmSettings settings, Path temporary, int timeScale, String assistantVersion) {
        this.downloads = new Downloads(temporary, timeScale);
        this.settings = settings;
        this.assistantVersion = assistantVersion;
        this.plugins = plugins;
        this.tasks = new TaskManager(plugins);
        this.temporary = temporary;
    }

    public void addTo(Routes routes) throws IOException {
        removeUnfinished();
        routes.alias("/rest/plugins/latest/", BASE);
        new PluginChanges(plugins).addTo(routes);
        routes.get(BASE, Access.SECURE_ADMIN, this::list)
                .post(BASE, Access.SECURE_ADMIN, this::install)
                .get(BASE + "settings", Access.SECURE_ADMIN, UpmRoutes::settings)
                .get(BASE + "pending/", Access.SECURE_ADMIN, this::pending)
                .get(BASE + "pending/{id}", Access.SECURE_ADMIN, this::poll)
                .get(BASE + "tasks/{id}", Access.SECURE_ADMIN, this::poll)
                .get(BASE + "{key}-key", Access.SECURE_ADMIN, this::show)
                .delete(BASE + "{key}-key", Access.SECURE_ADMIN, this::uninstall)
                .get("/plugins/servlet/upm", Access.SECURE_ADMIN, this::page);
    }

    /** A process that was killed during an upload has left the jar behind. */
    private void removeUnfinished() throws IOException {
        Files.createDirectories(temporary);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, "upload*.jar")) {
            for (Path jar : left) {
                Files.delete(jar);
            }
        }
    }

    private void list(Exchange exchange) throws IOException {
        exchange.response().setHeader("upm-token", tokens.issue());
        JsonArray all = new JsonArray();
        all.add(PluginJson.assistant(assistantVersion));
        plugins.all().forEach(plugin -> all.add(PluginJson.plugin(plugin, plugins.isActive(plugin))));
        JsonObject body = new JsonObject();
        body.add("plugins", all);
        body.add("links", PluginJson.links("self", BASE));
        exchange.json(200, body, INSTALLED_TYPE);
    }

    /** The one setting whose name is public knowledge; the stand-in never asks the Marketplace. */
    private static void settings(Exchange exchange) throws IOException {
        JsonObject marketplace = new JsonObject();
        marketplace.addProperty("key", "pacDisabled");
        marketplace.addProperty("value", true);
        marketplace.addProperty("readOnly", true);
        JsonArray all = new JsonArray();
        all.add(marketplace);
        JsonObject body = new JsonObject();
        body.add("settings", all);
        body.add("links", PluginJson.links("self", BASE + "settings"));
        exchange.json(200, body);
    }

    private void install(Exchange exchange) throws IOException {
        String header = exchange.request().getContentType();
        String type = header == null ? "" : header.split(";")[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals("application/vnd.atl.plugins.remote.install+json")) {
            throw new HttpProblem(501, "The stand-in does not have POST " + BASE + " with " + type
                    + ": it installs no Connect apps; those are the cloud's");
        }
        if (!type.equals(URI_TYPE) && !type.equals("multipart/form-data")) {
            throw new HttpProblem(415, "Expected multipart/form-data with a field 'plugin', or " + URI_TYPE);
        }
        if (!settings.uploadEnabled()) {
            throw new HttpProblem(403, "Plugins cannot be installed via upload",
                    "upm.pluginInstall.error.upload.disabled");
        }
        if (!tokens.redeem(exchange.request().getParameter("token"))) {
            throw new HttpProblem(403,
                    "The upm-token is missing or was used before: GET " + BASE + " for a new one",
                    "upm.pluginInstall.error.token");
        }
        if (type.equals(URI_TYPE)) {
            download(exchange);
        } else {
            upload(exchange);
        }
    }

    private void download(Exchange exchange) throws IOException {
        JsonElement member = exchange.jsonBody() instanceof JsonObject body ? body.get("pluginUri") : null;
        if (member == null || !member.isJsonPrimitive()) {
            throw new HttpProblem(400, "Expected {\"pluginUri\": an address}", "upm.plugin.error.invalid.request");
        }
        try {
            URI uri = new URI(member.getAsString());
            UpmTask task = new UpmTask(uri.toString(), exchange.identity().name(), 0);
            tasks.install(task, () -> downloads.fetch(uri));
            exchange.response().setHeader("Location", exchange.origin() + task.self());
            exchange.json(202, task.toJson());
        } catch (URISyntaxException e) {
            throw new HttpProblem(400, "pluginUri is no address: " + e.getMessage(),
                    "upm.plugin.error.invalid.request");
        }
    }

    private void upload(Exchange exchange) throws IOException {
        Part part = part(exchange);
        if (part == null || part.getSize() == 0) {
            throw new HttpProblem(400, "The multipart field 'plugin' is missing or empty");
        }
        Path upload = Files.createTempFile(temporary, "upload", ".jar");
        String name = part.getSubmittedFileName() == null ? "plugin.jar" : part.getSubmittedFileName();
        UpmTask task = new UpmTask(name, exchange.identity().name(), part.getSize());
        try {
            Artifact.checkName(name);
            part.write(upload.toAbsolutePath().toString());
            tasks.install(task, () -> upload);
        } catch (JarRejectedException e) {
            Files.deleteIfExists(upload);
            tasks.refuse(task, e);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(upload);
            throw e;
        }
        accepted(exchange, task);
    }

    private static void accepted(Exchange exchange, UpmTask task) throws IOException {
        exchange.response().setHeader("Location", exchange.origin() + task.self());
        // In a textarea, since old browsers uploaded into a hidden frame.
        exchange.text(202, "<textarea>" + task.toJson() + "</textarea>", "text/html;charset=UTF-8");
    }

    private static Part part(Exchange exchange) throws IOException {
        try {
            return exchange.request().getPart("plugin");
        } catch (ServletException | IllegalStateException e) {
            throw new HttpProblem(400, "The multipart body cannot be read");
        }
    }

    private void pending(Exchange exchange) throws IOException {
        JsonArray all = new JsonArray();
        tasks.pending().forEach(task -> all.add(task.toJson()));
        JsonObject body = new JsonObject();
        body.add("tasks", all);
        body.add("links", PluginJson.links("self", BASE + "pending/"));
        exchange.json(200, body, "application/vnd.atl.plugins.pending-tasks+json");
    }

    private void poll(Exchange exchange) throws IOException {
        UpmTask task = tasks.find(exchange.part("id"))
                .orElseThrow(() -> new HttpProblem(404, "No such task"));
        if (task.pluginKey() != null) {
            exchange.redirect(303, exchange.origin() + BASE + task.pluginKey() + "-key");
            return;
        }
        exchange.json(200, task.toJson());
    }

    private void show(Exchange exchange) throws IOException {
        if (exchange.part("key").equals(PluginJson.ASSISTANT)) {
            exchange.json(200, PluginJson.assistant(assistantVersion), PLUGIN_TYPE);
            return;
        }
        Optional<Plugin> plugin = plugins.find(exchange.part("key"));
        if (plugin.isEmpty()) {
            // Clients tell by a body that is no JSON that an app is installed for the first time (pluploader 0.8.3).
            exchange.empty(404);
            return;
        }
        exchange.json(200, PluginJson.plugin(plugin.get(), plugins.isActive(plugin.get())), PLUGIN_TYPE);
    }

    private void uninstall(Exchange exchange) {
        tasks.uninstall(PluginChanges.find(plugins, exchange).key());
        exchange.empty(204);
    }

    private void page(Exchange exchange) throws IOException {
        exchange.page("upm", Map.of("plugins", plugins.all().stream()
                .map(plugin -> new ListedPlugin(plugin, plugins.isActive(plugin)))
                .toList()));
    }

    /** A plugin as the page lists it. */
    public record ListedPlugin(Plugin plugin, boolean active) {
    }
}
