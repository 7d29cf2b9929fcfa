package org.migrationharness.standin.host;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.migrationharness.standin.host.HostAnswers.Answer;

/** Plugin settings and Bandana: what a plugin stores is kept, and is there after a restart. */
final class PluginStorage {
    private static final Gson GSON = new Gson();
    private static final String NAMESPACE = "namespace";
    private static final String GLOBAL = "";

    private final Host host;
    private final HostObjects objects;
    private final String plugin;

    PluginStorage(Host host, HostObjects objects, String plugin) {
        this.host = host;
        this.objects = objects;
        this.plugin = plugin;
    }

    Optional<Answer> call(Object self, String service, String method, Class<?> result, Object[] arguments) {
        if (service.equals("PluginSettingsFactory")) {
            String namespace = arguments.length == 0 || arguments[0] == null ? GLOBAL : arguments[0].toString();
            return known(objects.describe(result, Map.of(NAMESPACE, namespace)));
        }
        return service.equals("PluginSettings")
                ? settings(objects.members(self).getOrDefault(NAMESPACE, GLOBAL).toString(), method, arguments)
                : bandana(method, arguments);
    }

    private Optional<Answer> settings(String namespace, String method, Object[] arguments) {
        String key = arguments.length == 0 ? "" : String.valueOf(arguments[0]);
        return switch (method) {
            case "get" -> known(unpacked(host.setting(namespace, key)));
            case "put" -> known(unpacked(host.setSetting(namespace, key, packed(arguments[1]))));
            case "remove" -> known(unpacked(host.setSetting(namespace, key, null)));
            default -> Optional.empty();
        };
    }

    /** A Bandana context is the first argument; which one it is is not told apart. */
    private Optional<Answer> bandana(String method, Object[] arguments) {
        String namespace = "bandana:" + plugin;
        String key = arguments.length < 2 ? "" : String.valueOf(arguments[1]);
        return switch (method) {
            case "getValue" -> known(unpacked(host.setting(namespace, key)));
            case "setValue" -> {
                host.setSetting(namespace, key, packed(arguments[2]));
                yield known(null);
            }
            case "removeValue" -> {
                host.setSetting(namespace, key, null);
                yield known(null);
            }
            case "getKeys" -> known(host.settingKeys(namespace));
            default -> Optional.empty();
        };
    }

    /** The documented types of a setting: text, a list of texts, properties or a map. */
    private static String packed(Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof String || value instanceof List || value instanceof Map) {
            JsonObject wrapped = new JsonObject();
            wrapped.add(value instanceof Properties ? "properties" : "value", GSON.toJsonTree(value));
            return wrapped.toString();
        }
        throw new IllegalArgumentException("A setting may be a String, a List or a Map, not " + value.getClass());
    }

    private static Object unpacked(String stored) {
        if (stored == null) {
            return null;
        }
        JsonObject wrapped = GSON.fromJson(stored, JsonObject.class);
        JsonElement value = wrapped.get("value");
        if (value == null) {
            Properties properties = new Properties();
            properties.putAll(GSON.fromJson(wrapped.get("properties"), new TypeToken<Map<String, String>>() { }));
            return properties;
        }
        return value.isJsonPrimitive() ? value.getAsString() : value.isJsonArray()
                ? GSON.fromJson(value, new TypeToken<List<String>>() { })
                : GSON.fromJson(value, new TypeToken<Map<String, String>>() { });
    }

    private static Optional<Answer> known(Object value) {
        return Optional.of(new Answer(value));
    }
}
