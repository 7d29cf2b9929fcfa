package org.migrationharness.standin.tomcat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.valves.AccessLogValve;

/**
 * The access log, in the place and the pattern of the image's template: host, X-AUSERNAME, time, request line,
 * status, bytes, milliseconds, path, thread, agent. The query is left out, since it may hold tokens.
 */
final class AccessLog {
    private static final Path INSTALL = Path.of("/opt/atlassian/confluence/logs");
    private static final String PATTERN =
            "%a %{X-AUSERNAME}o %t \"%m %U %H\" %s %b %{ms}T %U %I \"%{User-Agent}i\"";

    private AccessLog() {
    }

    /** Outside the image there is no install folder, so the file goes next to the application log. */
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
