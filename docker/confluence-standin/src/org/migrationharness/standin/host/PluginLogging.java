package org.migrationharness.standin.host;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.migrationharness.standin.log.Log;

/** Loggers of slf4j, log4j and commons-logging: they write into the server's log. */
final class PluginLogging {
    private static final String NAME = "loggerName";
    private static final List<String> PACKAGES =
            List.of("org.slf4j.", "org.apache.log4j.", "org.apache.logging.log4j.", "org.apache.commons.logging.");

    private final HostObjects objects;

    PluginLogging(HostObjects objects) {
        this.objects = objects;
    }

    boolean isLogging(String type) {
        return PACKAGES.stream().anyMatch(type::startsWith);
    }

    Object call(Object self, String method, Class<?> result, Object[] arguments) {
        if (List.of("getLogger", "getLog", "getInstance", "getRootLogger").contains(method)) {
            Object named = arguments.length == 0 ? "root" : arguments[0];
            String name = named instanceof Class<?> type ? type.getName() : String.valueOf(named);
            return objects.describe(result, Map.of(NAME, name));
        }
        String logger = String.valueOf(objects.members(self).getOrDefault(NAME, "plugin"));
        if (method.equals("getName")) {
            return logger;
        }
        if (method.startsWith("is") && method.endsWith("Enabled")) {
            return List.of("isWarnEnabled", "isErrorEnabled", "isInfoEnabled", "isFatalEnabled").contains(method);
        }
        Throwable error = thrown(arguments);
        String message = message(arguments);
        Log log = Log.named(logger);
        switch (method.toLowerCase(Locale.ROOT)) {
            case "error", "fatal" -> log.error("log", message, error);
            case "warn" -> log.warn("log", error == null ? message : message + ": " + error);
            case "info" -> log.info("log", message);
            case "debug", "trace" -> log.debug("log", message);
            default -> {
                return EmptyValues.of(result);
            }
        }
        return EmptyValues.of(result);
    }

    private static Throwable thrown(Object[] arguments) {
        Object last = arguments.length == 0 ? null : arguments[arguments.length - 1];
        if (last instanceof Object[] rest) {
            return thrown(rest);
        }
        return last instanceof Throwable error ? error : null;
    }

    /** Puts the arguments in place of {@code {}}. */
    private static String message(Object[] arguments) {
        if (arguments.length == 0) {
            return "";
        }
        Object[] rest = arguments.length == 2 && arguments[1] instanceof Object[] array
                ? array : Arrays.copyOfRange(arguments, 1, arguments.length);
        Iterator<Object> values = Arrays.asList(rest).iterator();
        StringBuilder text = new StringBuilder();
        String pattern = String.valueOf(arguments[0]);
        int from = 0;
        for (int at = pattern.indexOf("{}"); at >= 0 && values.hasNext(); at = pattern.indexOf("{}", from)) {
            text.append(pattern, from, at).append(values.next());
            from = at + 2;
        }
        return text.append(pattern.substring(from)).toString();
    }
}
