package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import com.atlassian.migration.app.CloudMigrationListenerV1;
import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import com.atlassian.migration.app.listener.DiscoverableListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.upm.Plugins;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Looks up the listeners among the OSGi services by their interface, anew each time. A listener is not visible
 * here when it is not registered as a service, or when it belongs to the first two generations and is
 * registered under the app's own copy of the interface: the seed's "isn't visible via OSGi" is this look-up
 * finding nothing.
 */
public final class ListenerLookup {
    private static final Log LOG = Log.named("com.atlassian.migration.app.Listeners");

    private final BundleContext context;
    private final Plugins plugins;
    private final Set<ListenerGeneration> generations;
    private final AppCloudMigrationGateway gateway;
    /** Pages look listeners up too, so a service gets one warning. */
    private final Set<Long> warned = ConcurrentHashMap.newKeySet();

    /**
     * @param context where services are registered
     * @param plugins the plugins that the services' bundles belong to
     * @param generations the generations to look for
     * @param gateway what listeners of the current generation receive
     */
    public ListenerLookup(
            BundleContext context,
            Plugins plugins,
            Set<ListenerGeneration> generations,
            AppCloudMigrationGateway gateway) {
        this.context = context;
        this.plugins = plugins;
        this.generations = generations;
        this.gateway = gateway;
    }

    /** The listener for a server app key, if one is visible. */
    public Optional<AppListener> find(String serverAppKey) {
        return discover().stream()
                .filter(listener -> listener.serverAppKey().equals(serverAppKey))
                .findFirst();
    }

    /** One listener per server app key, in the order of their registration. */
    public List<AppListener> discover() {
        Map<String, AppListener> found = new LinkedHashMap<>();
        for (ListenerGeneration generation : ListenerGeneration.values()) {
            if (generations.contains(generation)) {
                for (ServiceReference<?> reference : references(generation)) {
                    add(found, reference, generation);
                }
            }
        }
        return new ArrayList<>(found.values());
    }

    private List<ServiceReference<?>> references(ListenerGeneration generation) {
        try {
            ServiceReference<?>[] all = generation == ListenerGeneration.DISCOVERABLE
                    ? context.getAllServiceReferences(generation.interfaceName(), null)
                    : context.getServiceReferences(generation.interfaceName(), null);
            return all == null ? List.of() : Arrays.stream(all).sorted(ListenerLookup::byServiceId).toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int byServiceId(ServiceReference<?> one, ServiceReference<?> other) {
        return Long.compare((Long) one.getProperty("service.id"), (Long) other.getProperty("service.id"));
    }

    private void add(
            Map<String, AppListener> found, ServiceReference<?> reference, ListenerGeneration generation) {
        Object service = context.getService(reference);
        if (service == null) {
            return;
        }
        String bundleName = reference.getBundle().getSymbolicName();
        ListenerOwner owner = plugins.owner(reference.getBundle())
                .map(plugin -> new ListenerOwner(plugin.key(), plugin.descriptor().name()))
                .orElse(new ListenerOwner(bundleName, bundleName));
        String appName = owner.appName();
        try {
            AppListener listener = wrap(service, generation, owner);
            String key = listener.serverAppKey();
            if (key == null || key.isBlank()) {
                if (warned.add((Long) reference.getProperty("service.id"))) {
                    LOG.warn("discover", "Server app key is null for listener of " + appName);
                }
            } else if (found.putIfAbsent(key, listener) != null
                    && warned.add((Long) reference.getProperty("service.id"))) {
                LOG.warn("discover", "More than one listener for server app key " + key
                        + ": the one of " + appName + " is left out");
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.error("discover", "Listener of " + appName + " failed when it was asked for its keys", e);
        }
    }

    private AppListener wrap(Object service, ListenerGeneration generation, ListenerOwner owner) {
        return switch (generation) {
            case OSGI -> new OsgiListenerAdapter((AppCloudMigrationListenerV1) service, owner);
            case TRACKER -> new TrackerListenerAdapter((CloudMigrationListenerV1) service, owner);
            case DISCOVERABLE -> new DiscoverableListenerAdapter(discoverable(service), owner, gateway);
        };
    }

    /** The current generation is found by name, even if the app embeds the library (seen on 3.13.8). */
    private static DiscoverableListener discoverable(Object service) {
        return service instanceof DiscoverableListener listener
                ? listener
                : (DiscoverableListener) ClassSpaces.as(DiscoverableListener.class, service);
    }
}
