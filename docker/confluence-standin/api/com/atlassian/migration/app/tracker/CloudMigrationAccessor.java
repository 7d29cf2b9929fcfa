package com.atlassian.migration.app.tracker;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * How a listener of the second generation reaches the assistant. What passes between the published class and
 * the assistant is not known; here the assistant publishes a {@link Registrar} as a service.
 */
public class CloudMigrationAccessor {
    /** The assistant's side. */
    public interface Registrar {
        void register(BundleContext app, CloudMigrationListenerV1 listener);

        void deregister(CloudMigrationListenerV1 listener);

        AppCloudMigrationGateway gateway();
    }

    private final BundleContext context;

    public CloudMigrationAccessor(BundleContext context) {
        this.context = context;
    }

    public void registerListener(CloudMigrationListenerV1 listener) {
        registrar().register(context, listener);
        listener.onRegistrationAccepted();
    }

    public void deregisterListener(CloudMigrationListenerV1 listener) {
        registrar().deregister(listener);
    }

    public AppCloudMigrationGateway getCloudMigrationGateway() {
        return registrar().gateway();
    }

    private Registrar registrar() {
        ServiceReference<Registrar> reference = context.getServiceReference(Registrar.class);
        if (reference == null) {
            throw new IllegalStateException("The migration assistant is not available");
        }
        return context.getService(reference);
    }
}
