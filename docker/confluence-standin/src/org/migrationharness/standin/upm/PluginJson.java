package org.migrationharness.standin.upm;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.regex.Pattern;

/** Plugins, their modules and their licences, as UPM's resources represent them. */
final class PluginJson {
    static final String BASE = "/rest/plugins/1.0/";
    /** The key under which UPM lists the assistant, and by which its version is read. */
    static final String ASSISTANT = "com.atlassian.migration.agent";
    /** A stand-in cannot say which licences are valid, so it accepts whatever has the form of one. */
    private static final Pattern LICENSE = Pattern.compile("[A-Za-z0-9+/=\\s]{40,}");

    private PluginJson() {
    }

    static JsonObject plugin(Plugin plugin, boolean active) {
        PluginDescriptor descriptor = plugin.descriptor();
        JsonArray modules = new JsonArray();
        descriptor.modules().forEach(module -> modules.add(module(plugin, module, active)));
        JsonObject vendor = new JsonObject();
        vendor.addProperty("name", descriptor.vendor());
        JsonObject links = links("self", self(plugin));
        links.addProperty("modify", self(plugin));
        links.addProperty("delete", self(plugin));
        JsonObject body = new JsonObject();
        body.add("links", links);
        body.addProperty("key", plugin.key());
        body.addProperty("name", descriptor.name());
        body.addProperty("version", descriptor.version());
        body.addProperty("description", descriptor.description());
        body.add("vendor", vendor);
        body.addProperty("enabled", active);
        body.addProperty("userInstalled", true);
        body.addProperty("optional", true);
        body.add("modules", modules);
        return body;
    }

    /** The assistant comes with Confluence: UPM lists it, and does not remove it. */
    static JsonObject assistant(String version) {
        JsonObject body = new JsonObject();
        body.add("links", links("self", BASE + ASSISTANT + "-key"));
        body.addProperty("key", ASSISTANT);
        body.addProperty("name", "Atlassian Cloud Migration Assistant for Confluence");
        body.addProperty("version", version);
        body.addProperty("description", "");
        JsonObject vendor = new JsonObject();
        vendor.addProperty("name", "Atlassian");
        body.add("vendor", vendor);
        body.addProperty("enabled", true);
        body.addProperty("userInstalled", false);
        body.addProperty("optional", true);
        body.add("modules", new JsonArray());
        return body;
    }

    static JsonObject module(Plugin plugin, PluginDescriptor.ModuleDescriptor module, boolean active) {
        JsonObject json = new JsonObject();
        json.addProperty("key", module.key());
        json.addProperty("completeKey", plugin.key() + ":" + module.key());
        json.addProperty("name", module.name());
        boolean run = module.notRun().isEmpty();
        json.addProperty("enabled", run && active && !plugin.disabledModules().contains(module.key()));
        json.addProperty("recognisableType", run);
        json.addProperty("broken", false);
        if (!run) {
            json.addProperty("disabledReason", module.notRun());
        }
        json.addProperty("optional", true);
        json.add("links", links("self", self(plugin) + "/modules/" + module.key() + "-key"));
        return json;
    }

    /** With the members that public clients read, but without the licence itself, which is a secret. */
    static JsonObject license(Plugin plugin) {
        boolean valid = plugin.license() != null && LICENSE.matcher(plugin.license()).matches();
        JsonObject json = new JsonObject();
        json.addProperty("pluginKey", plugin.key());
        json.addProperty("valid", valid);
        json.addProperty("active", valid);
        json.addProperty("evaluation", false);
        json.addProperty("nearlyExpired", false);
        if (valid) {
            json.addProperty("licenseType", "DEVELOPER");
            json.addProperty("maximumNumberOfUsers", 10);
        } else if (plugin.license() != null) {
            json.addProperty("error", "INVALID");
        }
        json.add("links", links("self", self(plugin) + "/license"));
        return json;
    }

    static JsonObject links(String name, String path) {
        JsonObject links = new JsonObject();
        links.addProperty(name, path);
        return links;
    }

    private static String self(Plugin plugin) {
        return BASE + plugin.key() + "-key";
    }
}
