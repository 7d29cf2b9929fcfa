package org.migrationharness.standin.tomcat;

import java.nio.file.Path;
import org.migrationharness.standin.http.OwnHosts;

/**
 * What the web server needs to know.
 *
 * @param home the Confluence home, which holds its temporary files and the access log
 * @param bind the address to listen on
 * @param ports the ports to listen on
 * @param timeScale how many times faster than wall time this JVM's clock runs; limits that must hold in wall
 *     time are multiplied by it
 * @param accessLog whether requests are logged
 * @param hosts the names by which the server is called
 */
public record WebServerSettings(
        Path home, String bind, Ports ports, int timeScale, boolean accessLog, OwnHosts hosts) {
    /**
     * Ports to listen on; 0 takes any free port.
     *
     * @param http the product's port
     * @param synchrony Synchrony's port
     */
    public record Ports(int http, int synchrony) {
    }
}
