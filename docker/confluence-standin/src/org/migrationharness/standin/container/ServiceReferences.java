package org.migrationharness.standin.container;

import java.util.ArrayList;
import java.util.List;
import org.migrationharness.standin.host.HostAnswers;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Services that a plugin uses: those that somebody has registered, and those of the host. */
final class ServiceReferences {
    private final BundleContext bundles;
    private final HostAnswers host;
    private final boolean importsHost;
    private final long waitMillis;

    /**
     * @param bundles the plugin's view of the framework
     * @param host answers for the host's services
     * @param importsHost whether the host's components come without an import, as in plugins that are transformed
     * @param waitMillis how long to wait for a service that nobody has registered
     */
    ServiceReferences(BundleContext bundles, HostAnswers host, boolean importsHost, long waitMillis) {
        this.bundles = bundles;
        this.host = host;
        this.importsHost = importsHost;
        this.waitMillis = waitMillis;
    }

    Object get(BeanDefinition definition, Class<?> type) throws ContextException {
        if (definition.many) {
            return all(type);
        }
        ServiceReference<?> known = bundles.getServiceReference(type.getName());
        if (known != null) {
            return bundles.getService(known);
        }
        if (host.isHostType(type)) {
            return host.service(type);
        }
        return definition.optional ? null : await(definition, type);
    }

    /** All services of a type that are there now. */
    private List<Object> all(Class<?> type) throws ContextException {
        List<Object> found = new ArrayList<>();
        try {
            ServiceReference<?>[] known = bundles.getServiceReferences(type.getName(), null);
            for (ServiceReference<?> one : known == null ? new ServiceReference<?>[0] : known) {
                found.add(bundles.getService(one));
            }
        } catch (org.osgi.framework.InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    private Object await(BeanDefinition definition, Class<?> type) throws ContextException {
        ServiceTracker<Object, Object> tracker = new ServiceTracker<>(bundles, type.getName(), null);
        tracker.open();
        try {
            Object service = tracker.waitForService(waitMillis);
            if (service == null) {
                throw new ContextException("Application context initialization for '" + name(bundles.getBundle())
                        + "' has timed out waiting for (objectClass=" + type.getName() + "), which " + definition
                        + " refers to");
            }
            return service;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContextException("interrupted while waiting for " + type.getName(), e);
        } finally {
            tracker.close();
        }
    }

    private static String name(Bundle bundle) {
        return bundle.getSymbolicName();
    }

    /** Whether a host's component of this type needs no import. */
    boolean importsByItself(Class<?> type) {
        return importsHost && host.isHostType(type) && !type.getName().startsWith("org.springframework.");
    }

    Object hostService(Class<?> type) {
        return host.service(type);
    }

    /** What the container itself is asked for: the bundle's context, or its own; null for another type. */
    Object ofContainer(Class<?> type) {
        if (type.isAssignableFrom(BundleContext.class) && type != Object.class) {
            return bundles;
        }
        boolean spring = type.getName().startsWith("org.springframework.")
                && (type.getSimpleName().endsWith("ApplicationContext") || type.getSimpleName().endsWith("BeanFactory"));
        return spring ? host.service(type) : null;
    }
}
