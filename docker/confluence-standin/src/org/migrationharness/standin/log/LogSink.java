package org.migrationharness.standin.log;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Writes records in the documented line format: date with milliseconds after a comma, level, [thread],
 * [logger], method, message; the request context on a continuation line that starts with {@code " -- "};
 * stack traces as plain lines after it. The default level is WARN, so INFO lines do not appear (Confluence
 * manual, log4j logging levels), except those of the life cycle.
 */
public final class LogSink {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS");
    /** The real configuration sets this one logger to INFO: default installs show its ready line. */
    private static final String LIFECYCLE = "atlassian.confluence.lifecycle";

    private final Output output;
    private final LogLevel level;

    private LogSink(Output output, LogLevel level) {
        this.output = output;
        this.level = level;
    }

    public static LogSink toStream(PrintStream stream, LogLevel level) {
        return new LogSink(text -> {
            stream.print(text);
            stream.flush();
        }, level);
    }

    public static LogSink toFile(RollingFile file, LogLevel level) {
        return new LogSink(text -> file.append(text.getBytes(StandardCharsets.UTF_8)), level);
    }

    void write(LogLevel recordLevel, String logger, String method, String message, Throwable cause) {
        if (recordLevel.compareTo(level) < 0 && !(recordLevel == LogLevel.INFO && logger.endsWith(LIFECYCLE))) {
            return;
        }
        StringBuilder text = new StringBuilder(200);
        text.append(TIME.format(LocalDateTime.now())).append(' ').append(recordLevel);
        text.append(" [").append(Thread.currentThread().getName()).append("] [").append(logger).append("] ");
        text.append(method).append(' ').append(oneLine(message)).append('\n');
        String context = RequestContext.current();
        if (context != null) {
            text.append(" -- ").append(oneLine(context)).append('\n');
        }
        if (cause != null) {
            StringWriter trace = new StringWriter();
            cause.printStackTrace(new PrintWriter(trace, true));
            text.append(trace);
        }
        output.append(text.toString());
    }

    /** A line break in a message would let its author forge records. */
    private static String oneLine(String text) {
        return text == null ? "null" : text.replace("\r", "\\r").replace("\n", "\\n");
    }

    private interface Output {
        void append(String text);
    }
}
