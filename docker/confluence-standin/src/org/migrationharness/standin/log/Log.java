package org.migrationharness.standin.log;

import java.util.Objects;

/** A named logger. The caller passes the method's name, since the real log's line format shows it. */
public final class Log {
    private static volatile LogSink sink = LogSink.toStream(System.out, LogLevel.WARN);

    private final String name;

    private Log(String name) {
        this.name = name;
    }

    /** Sends all records, of existing and future loggers, to {@code newSink}. */
    public static void use(LogSink newSink) {
        sink = Objects.requireNonNull(newSink);
    }

    public static Log named(String name) {
        return new Log(lastFourSegments(name));
    }

    public void debug(String method, String message) {
        sink.write(LogLevel.DEBUG, name, method, message, null);
    }

    public void info(String method, String message) {
        sink.write(LogLevel.INFO, name, method, message, null);
    }

    public void warn(String method, String message) {
        sink.write(LogLevel.WARN, name, method, message, null);
    }

    public void error(String method, String message, Throwable cause) {
        sink.write(LogLevel.ERROR, name, method, message, cause);
    }

    /** The real pattern prints the last four segments of a logger's name. */
    private static String lastFourSegments(String name) {
        String[] parts = name.split("\\.");
        int from = Math.max(0, parts.length - 4);
        return String.join(".", java.util.Arrays.copyOfRange(parts, from, parts.length));
    }
}
