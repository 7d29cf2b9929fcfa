package org.migrationharness.standin.tomcat;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The lines that Tomcat writes to the container's output as it starts and stops, in its own format. Scripts wait
 * for two of them: public ones for the start's, the image's own tests for the last one of the stop.
 */
public final class ServerOutput {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss.SSS", Locale.ENGLISH);

    private ServerOutput() {
    }

    public static void started(long milliseconds) {
        write("org.apache.catalina.startup.Catalina.start", "Server startup in [" + milliseconds + "] milliseconds");
    }

    static void destroying(int port) {
        write("org.apache.coyote.AbstractProtocol.destroy",
                "Destroying ProtocolHandler [\"http-nio-" + port + "\"]");
    }

    private static void write(String source, String message) {
        System.out.println(TIME.format(LocalDateTime.now()) + " INFO [" + Thread.currentThread().getName() + "] "
                + source + ' ' + message);
    }
}
