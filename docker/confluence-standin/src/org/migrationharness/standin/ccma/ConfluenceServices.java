package org.migrationharness.standin.ccma;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.migrationharness.standin.ccma.platform.ServerIdentity;
import org.migrationharness.standin.content.Site;
import org.migrationharness.standin.darkfeatures.DarkFeatures;
import org.migrationharness.standin.host.Host;
import org.migrationharness.standin.upm.Plugins;
import org.osgi.framework.BundleContext;

/**
 * What the assistant uses of the Confluence that it is installed in.
 *
 * @param state the folder in the home that keeps the assistant's files
 * @param server how this server introduces itself to the cloud
 * @param features the dark features
 * @param plugins the installed plugins
 * @param emails the email addresses of its users
 * @param site the spaces, users and groups that a core migration moves
 * @param bundles where listeners are registered as services
 * @param host what plugins are told of the server, and what they asked
 */
public record ConfluenceServices(
        Path state, ServerIdentity server, DarkFeatures features, Plugins plugins,
        Supplier<List<String>> emails, Site site, BundleContext bundles, Host host) {
}
