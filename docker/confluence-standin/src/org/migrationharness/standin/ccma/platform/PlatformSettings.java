package org.migrationharness.standin.ccma.platform;

import java.net.URI;

/**
 * Where the cloud is.
 *
 * @param platformUrl the base URL of the migration platform
 * @param cloudUrl the site that this server migrates to
 * @param timeScale how many times faster than wall time this JVM's clock runs
 * @param ownProtocol whether it speaks the project's own protocol, or another that the stub does not know
 */
public record PlatformSettings(URI platformUrl, URI cloudUrl, int timeScale, boolean ownProtocol) {
}
