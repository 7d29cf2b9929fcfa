package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import com.atlassian.migration.app.listener.DiscoverableForgeListener;
import com.atlassian.migration.app.listener.DiscoverableListener;
import com.atlassian.migration.app.listener.RerunnableDiscoverableListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.migrationharness.standin.ccma.gateway.PlatformGateway;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.upm.Plugins;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Looks up the listeners among the OSGi services by their interface, anew each time. A listener is not visible
 * here when it is not registered as a service, or when it belongs to the first generation and is registered
 * under the app's own copy of the interface: the seed's "isn't visible via OSGi" is this look-up
 * finding nothing.
 */
public final class ListenerLookup {
    private static final Log LOG = Log.named("com.atlassian.migration.app.Listeners");

    private final BundleContext context;
    private final Plugins plugins;
    private final Set<ListenerGeneration> generations;
    private final PlatformGateway gateway;
    private final TrackerRegistrar tracker;
    private final Predicate<AppListener> chosenByCloud;
    /** Pages look listeners up too, so a service gets one warning. */
    private final Set<Long> warned = ConcurrentHashMap.newKeySet();

    /**
     * @param context where services are registered
     * @param plugins the plugins that the services' bundles belong to
     * @param generations the generations to look for
     * @param gateway what listeners of the current generation receive
     * @param tracker where those of the second generation register
     * @param chosenByCloud whether the app in the cloud is of a listener's type, which decides between a Connect
     *     and a Forge listener of one pair of keys; false for all where that does not count yet
     */
    public ListenerLookup(
            BundleContext context,
            Plugins plugins,
            Set<ListenerGeneration> generations,
            PlatformGateway gateway,
            TrackerRegistrar tracker,
            Predicate<AppListener> chosenByCloud) {
        this.context = context;
        this.plugins = plugins;
        this.generations = generations;
        this.gateway = gateway;
        this.tracker = tracker;
        this.chosenByCloud = chosenByCloud;
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
            if (!generations.contains(generation)) {
                continue;
            }
            if (generation == ListenerGeneration.TRACKER) {
                tracker.all().forEach((listener, bundle) -> add(found, (long) System.identityHashCode(listener),
                        bundle, owner -> new TrackerListenerAdapter(listener, owner)));
            }
            for (ServiceReference<?> reference : references(generation)) {
                Object service = context.getService(reference);
                if (service != null) {
                    add(found, (Long) reference.getProperty("service.id"), reference.getBundle(),
                            owner -> wrap(service, generation, owner));
                }
            }
        }
        return new ArrayList<>(found.values());
    }

    /** The services of a generation, each once; the current ones are found by name, whoever's class it is. */
    private List<ServiceReference<?>> references(ListenerGeneration generation) {
        boolean byName = generation == ListenerGeneration.DISCOVERABLE || generation == ListenerGeneration.FORGE;
        List<ServiceReference<?>> found = new ArrayList<>();
        for (String name : generation.interfaces()) {
            try {
                ServiceReference<?>[] all = byName
                        ? context.getAllServiceReferences(name, null)
                        : context.getServiceReferences(name, null);
                for (ServiceReference<?> one : all == null ? new ServiceReference<?>[0] : all) {
                    if (!found.contains(one)) {
                        found.add(one);
                    }
                }
            } catch (InvalidSyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        found.sort(ListenerLookup::byServiceId);
        return found;
    }

    private static int byServiceId(ServiceReference<?> one, ServiceReference<?> other) {
        return Long.compare((Long) one.getProperty("service.id"), (Long) other.getProperty("service.id"));
    }

    private void add(
            Map<String, AppListener> found, Long id, Bundle bundle, Function<ListenerOwner, AppListener> wrapped) {
        String bundleName = bundle.getSymbolicName();
        ListenerOwner owner = plugins.owner(bundle)
                .map(plugin -> new ListenerOwner(plugin.key(), plugin.descriptor().name(), bundleName))
                .orElse(new ListenerOwner(bundleName, bundleName, bundleName));
        String appName = owner.appName();
        try {
            AppListener listener = wrapped.apply(owner);
            String key = listener.serverAppKey();
            // Asked here, too, so that a getter that throws costs its own app the row and no page its content.
            listener.cloudAppKey();
            if (key == null || key.isBlank()) {
                if (warned.add(id)) {
                    LOG.warn("discover", "Server app key is null for listener of " + appName);
                }
                return;
            }
            AppListener other = found.putIfAbsent(key, listener);
            if (other == null) {
                return;
            }
            boolean pair = listener.isForge() != other.isForge()
                    && Objects.equals(listener.cloudAppKey(), other.cloudAppKey());
            if (pair && chosenByCloud.test(listener)) {
                found.put(key, listener);
            } else if (!(pair && chosenByCloud.test(other)) && warned.add(id)) {
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
            case DISCOVERABLE -> new DiscoverableListenerAdapter(
                    (DiscoverableListener) ours(connectType(service), service), owner, gateway);
            case FORGE -> new ForgeListenerAdapter(
                    (DiscoverableForgeListener) ours(DiscoverableForgeListener.class, service), owner, gateway);
            case TRACKER -> throw new IllegalStateException("listeners of this generation are no services");
        };
    }

    /** Its type, also where it is exported under the name of the type above. */
    private static Class<?> connectType(Object service) {
        return ClassSpaces.implementsNamed(RerunnableDiscoverableListener.class.getName(), service)
                ? RerunnableDiscoverableListener.class
                : DiscoverableListener.class;
    }

    /** The current generation is found by name, even if the app embeds the library (seen on 3.13.8). */
    private static Object ours(Class<?> type, Object service) {
        return type.isInstance(service) ? service : ClassSpaces.as(type, service);
    }
}
