package org.migrationharness.standin.tomcat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.valves.AccessLogValve;

/**
 * The access log, where and as the image's template writes it: host, X-AUSERNAME, time, request line, status,
 * bytes, milliseconds, path, thread, agent. The request line is without its query, which may hold tokens.
 */
final class AccessLog {
    private static final Path INSTALL = Path.of("/opt/atlassian/confluence/logs");
    private static final String PATTERN =
            "%a %{X-AUSERNAME}o %t \"%m %U %H\" %s %b %{ms}T %U %I \"%{User-Agent}i\"";

    private AccessLog() {
    }

    /** Outside the image, where the install folder is not there, it goes beside the application log. */
    static AccessLogValve valve(Path home) {
        AccessLogValve valve = new AccessLogValve();
        valve.setDirectory((Files.isWritable(INSTALL) ? INSTALL : home.resolve("logs")).toString());
        valve.setPrefix("confluence_access");
        valve.setSuffix(".log");
        valve.setPattern(PATTERN);
        valve.setBuffered(false);
        return valve;
    }
}
