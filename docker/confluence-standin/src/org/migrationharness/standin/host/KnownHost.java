package org.migrationharness.standin.host;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.migrationharness.standin.host.HostAnswers.Answer;
import org.migrationharness.standin.host.HostAnswers.ContainerAnswers;

/** The services of the host that answer truly, since listeners ask them and the answer is known. */
final class KnownHost {
    private final Host host;
    private final HostObjects objects;
    private final ContainerAnswers container;
    private final PluginLogging logging;
    private final PluginStorage storage;
    private final PluginEvents events = new PluginEvents();

    KnownHost(Host host, String plugin, HostObjects objects, ContainerAnswers container) {
        this.host = host;
        this.objects = objects;
        this.container = container;
        logging = new PluginLogging(objects);
        storage = new PluginStorage(host, objects, plugin);
    }

    /** Whether calls of a type are not worth a journal entry: logging. */
    boolean isQuiet(String type) {
        return logging.isLogging(type);
    }

    Optional<Answer> answer(Object self, String type, String method, Class<?> result, Object[] arguments) {
        if (logging.isLogging(type)) {
            return Optional.of(new Answer(logging.call(self, method, result, arguments)));
        }
        Optional<Answer> own = container.answer(type, method, arguments);
        if (own.isPresent()) {
            return own;
        }
        String simple = type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
        return switch (simple) {
            case "ApplicationProperties", "Settings", "SettingsManager", "GlobalSettingsManager" ->
                application(method, result);
            case "PluginAccessor", "PluginRetrievalService", "PluginController" -> plugin(method, result, arguments);
            case "SpaceManager", "SpaceManagerInternal" -> spaces(method, result, arguments);
            case "UserAccessor", "UserManager", "ConfluenceUserResolver", "UserService", "CrowdService" ->
                users(method, result, arguments);
            case "PluginSettingsFactory", "PluginSettings", "BandanaManager" ->
                storage.call(self, simple, method, result, arguments);
            case "TransactionTemplate", "TransactionalExecutor", "TransactionalExecutorFactory" ->
                transaction(self, method, result, arguments);
            case "ActiveObjects" -> method.equals("executeInTransaction") && arguments.length > 0
                    ? known(Callbacks.run(arguments[arguments.length - 1])) : Optional.empty();
            case "EventPublisher", "PluginEventManager", "EventManager", "EventListenerRegistrar" ->
                events.call(method, arguments);
            default -> Optional.empty();
        };
    }

    private Optional<Answer> application(String method, Class<?> result) {
        return switch (method) {
            case "getBaseUrl" -> known(result == String.class ? host.baseUrl() : null);
            case "getDisplayName" -> known("Confluence");
            case "getPlatformId" -> known("conf");
            case "getHomeDirectory" -> known(result == java.io.File.class ? host.home().toFile() : null);
            case "getGlobalSettings" -> known(objects.describe(result, Map.of("baseUrl", host.baseUrl())));
            default -> Optional.empty();
        };
    }

    private Optional<Answer> plugin(String method, Class<?> result, Object[] arguments) {
        if (!method.contains("Plugin") || arguments.length > 1) {
            return Optional.empty();
        }
        if (arguments.length == 1 && arguments[0] instanceof String key) {
            if (result == boolean.class) {
                return known(host.plugin(key).isPresent());
            }
            return host.plugin(key).map(one -> new Answer(describe(result, one)))
                    .or(() -> known(null));
        }
        return Optional.empty();
    }

    private Object describe(Class<?> result, Host.PluginFacts plugin) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", plugin.key());
        members.put("name", plugin.name());
        members.put("version", plugin.version());
        try {
            Class<?> information = objects.type("com.atlassian.plugin.PluginInformation");
            members.put("pluginInformation", objects.describe(information, Map.of("version", plugin.version())));
        } catch (ClassNotFoundException e) {
            // The plugin does not ask for it.
        }
        return objects.describe(result, members);
    }

    private Optional<Answer> spaces(String method, Class<?> result, Object[] arguments) {
        if (host.facts().spaces().isEmpty()) {
            return Optional.empty();
        }
        if (method.equals("getSpace") && arguments.length == 1) {
            return known(one(host.facts().spaces(), result, String.valueOf(arguments[0]), "key", "id"));
        }
        if (method.equals("getAllSpaceKeys") && Collection.class.isAssignableFrom(result)) {
            return known(host.facts().spaces().stream().map(space -> space.get("key")).toList());
        }
        return method.equals("getAllSpaces") ? all(host.facts().spaces(), "com.atlassian.confluence.spaces.Space")
                : Optional.empty();
    }

    private Optional<Answer> users(String method, Class<?> result, Object[] arguments) {
        if (host.facts().users().isEmpty() || arguments.length != 1 || result == String.class) {
            return Optional.empty();
        }
        boolean byName = List.of("getUserByName", "getUser", "getUserProfile", "getExistingUserByKey",
                "getUserByKey").contains(method);
        return byName
                ? known(one(host.facts().users(), result, String.valueOf(arguments[0]), "name", "username", "key"))
                : Optional.empty();
    }

    private Object one(Collection<Map<String, String>> all, Class<?> result, String wanted, String... members) {
        return Host.find(all, wanted, members)
                .map(found -> objects.describe(result, new LinkedHashMap<>(found)))
                .orElse(null);
    }

    private Optional<Answer> all(List<Map<String, String>> described, String type) {
        try {
            Class<?> wanted = objects.type(type);
            List<Object> found = new ArrayList<>();
            for (Map<String, String> one : described) {
                found.add(objects.describe(wanted, new LinkedHashMap<>(one)));
            }
            return known(found);
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** A transaction runs what it is given. */
    private Optional<Answer> transaction(Object self, String method, Class<?> result, Object[] arguments) {
        if (method.equals("execute") && arguments.length > 0) {
            return known(Callbacks.run(arguments[arguments.length - 1]));
        }
        return method.startsWith("create") ? known(objects.make(result)) : Optional.empty();
    }

    private static Optional<Answer> known(Object value) {
        return Optional.of(new Answer(value));
    }
}
