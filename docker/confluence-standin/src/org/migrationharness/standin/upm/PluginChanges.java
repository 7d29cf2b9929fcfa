package org.migrationharness.standin.upm;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.migrationharness.standin.container.ContextException;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;
import org.osgi.framework.BundleException;

/** UPM's changes to installed plugins: enabled, modules, licence, safe mode; each has its own media type. */
final class PluginChanges {
    private static final String PLUGIN_TYPE = "application/vnd.atl.plugins.plugin+json";
    private static final String MODULE_TYPE = "application/vnd.atl.plugins.plugin.module+json";
    private static final String LICENSE_TYPE = "application/vnd.atl.plugins+json";
    private static final String SAFE_MODE_TYPE = "application/vnd.atl.plugins.safe.mode.flag+json";
    private static final int LICENSE_LIMIT = 20_000;

    private final Plugins plugins;

    PluginChanges(Plugins plugins) {
        this.plugins = plugins;
    }

    void addTo(Routes routes) {
        String one = PluginJson.BASE + "{key}-key";
        String module = one + "/modules/{module}-key";
        routes.put(one, Access.SECURE_ADMIN, this::enable)
                .get(module, Access.SECURE_ADMIN, this::showModule)
                .put(module, Access.SECURE_ADMIN, this::enableModule)
                .get(one + "/license", Access.SECURE_ADMIN, this::showLicense)
                .put(one + "/license", Access.SECURE_ADMIN, this::setLicense)
                .post(one + "/license", Access.SECURE_ADMIN, this::setLicense)
                .delete(one + "/license", Access.SECURE_ADMIN, this::removeLicense)
                .get(PluginJson.BASE + "safe-mode", Access.SECURE_ADMIN, this::showSafeMode)
                .put(PluginJson.BASE + "safe-mode", Access.SECURE_ADMIN, this::setSafeMode);
    }

    static Plugin find(Plugins plugins, Exchange exchange) {
        if (exchange.part("key").equals(PluginJson.ASSISTANT)) {
            throw new HttpProblem(501, "The stand-in does not have " + exchange.request().getMethod() + " "
                    + exchange.path() + ": its assistant is a part of it");
        }
        return plugins.find(exchange.part("key"))
                .orElseThrow(() -> new HttpProblem(404, "No such plugin: " + exchange.part("key"),
                        "upm.plugin.not.found"));
    }

    private void enable(Exchange exchange) throws IOException {
        Plugin plugin = find(plugins, exchange);
        boolean enabled = enabled(body(exchange, PLUGIN_TYPE, LICENSE_TYPE));
        try {
            plugins.setEnabled(plugin.key(), enabled);
        } catch (BundleException | ContextException | RuntimeException | LinkageError e) {
            throw new HttpProblem(500, "Plugin " + plugin.key() + " could not be "
                    + (enabled ? "enabled: " : "disabled: ") + e.getMessage(),
                    enabled ? "upm.plugin.error.failed.to.enable" : "upm.plugin.error.failed.to.disable");
        }
        Plugin now = find(plugins, exchange);
        exchange.json(200, PluginJson.plugin(now, plugins.isActive(now)), PLUGIN_TYPE);
    }

    /** The documented member is {@code enabled}; atlassian-python-api sends {@code status}. */
    private static boolean enabled(JsonObject body) {
        JsonElement enabled = body.get("enabled");
        if (enabled != null && enabled.isJsonPrimitive() && enabled.getAsJsonPrimitive().isBoolean()) {
            return enabled.getAsBoolean();
        }
        JsonElement status = body.get("status");
        if (status != null && status.isJsonPrimitive()
                && List.of("enabled", "disabled").contains(status.getAsString())) {
            return status.getAsString().equals("enabled");
        }
        throw new HttpProblem(400, "Expected {\"enabled\": true or false}", "upm.plugin.error.invalid.request");
    }

    private void showModule(Exchange exchange) throws IOException {
        Plugin plugin = find(plugins, exchange);
        exchange.json(200, PluginJson.module(plugin, module(plugin, exchange), plugins.isActive(plugin)),
                MODULE_TYPE);
    }

    private void enableModule(Exchange exchange) throws IOException {
        String key = module(find(plugins, exchange), exchange).key();
        boolean enabled = enabled(body(exchange, MODULE_TYPE, LICENSE_TYPE));
        String notRun = module(find(plugins, exchange), exchange).notRun();
        if (enabled && !notRun.isEmpty()) {
            throw new HttpProblem(501, notRun, "upm.plugin.error.failed.to.enable");
        }
        plugins.change(find(plugins, exchange).key(), plugin -> plugin.withModule(key, enabled));
        showModule(exchange);
    }

    private static PluginDescriptor.ModuleDescriptor module(Plugin plugin, Exchange exchange) {
        return plugin.descriptor().modules().stream()
                .filter(module -> module.key().equals(exchange.part("module")))
                .findFirst()
                .orElseThrow(() -> new HttpProblem(404, "No such module: " + exchange.part("module"),
                        "upm.plugin.module.not.found"));
    }

    private void showLicense(Exchange exchange) throws IOException {
        exchange.json(200, PluginJson.license(find(plugins, exchange)), LICENSE_TYPE);
    }

    private void setLicense(Exchange exchange) throws IOException {
        Plugin plugin = find(plugins, exchange);
        JsonElement raw = body(exchange, LICENSE_TYPE).get("rawLicense");
        if (raw == null || !raw.isJsonPrimitive() || raw.getAsString().length() > LICENSE_LIMIT) {
            throw new HttpProblem(400, "Expected {\"rawLicense\": text}", "upm.plugin.error.invalid.request");
        }
        plugins.change(plugin.key(), one -> one.withLicense(raw.getAsString()));
        showLicense(exchange);
    }

    /** The answer is the licence that was removed, as pluploader's author saw. */
    private void removeLicense(Exchange exchange) throws IOException {
        Plugin before = find(plugins, exchange);
        plugins.change(before.key(), plugin -> plugin.withLicense(null));
        exchange.json(200, PluginJson.license(before), LICENSE_TYPE);
    }

    private void showSafeMode(Exchange exchange) throws IOException {
        JsonObject flag = new JsonObject();
        flag.addProperty("enabled", plugins.isSafeMode());
        flag.add("links", PluginJson.links("self", PluginJson.BASE + "safe-mode"));
        exchange.json(200, flag, SAFE_MODE_TYPE);
    }

    private void setSafeMode(Exchange exchange) throws IOException {
        boolean enabled = enabled(body(exchange, SAFE_MODE_TYPE));
        plugins.setSafeMode(enabled, exchange.param("keepState").equals("true"));
        showSafeMode(exchange);
    }

    /**
     * @throws HttpProblem 415 for another media type, 400 when it is not a JSON object
     */
    private static JsonObject body(Exchange exchange, String... types) throws IOException {
        String header = exchange.request().getContentType();
        String type = header == null ? "" : header.split(";")[0].strip().toLowerCase(Locale.ROOT);
        if (!type.equals("application/json") && !List.of(types).contains(type)) {
            throw new HttpProblem(415, "Unsupported media type: send " + types[0],
                    "upm.plugin.error.unsupported.media.type");
        }
        if (exchange.jsonBody() instanceof JsonObject body) {
            return body;
        }
        throw new HttpProblem(400, "Expected a JSON object", "upm.plugin.error.invalid.request");
    }
}
