package org.migrationharness.standin.container;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.migrationharness.standin.host.Host;
import org.migrationharness.standin.host.HostAnswers;
import org.migrationharness.standin.host.HostAnswers.Answer;
import org.migrationharness.standin.log.Log;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.BundleWiring;

/** The running container of one plugin: its beans, and the services that it exports. */
public final class PluginContainer {
    private static final Log LOG = Log.named("com.atlassian.plugin.osgi.factory.OsgiPlugin");
    private static final String JAVA_CONFIG = "com.atlassian.plugins.osgi.javaconfig.";

    private final Bundle bundle;
    private final String plugin;
    private final Definitions definitions = new Definitions();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final Map<Object, List<Class<?>>> exported = new HashMap<>();
    private final List<Object> lifecycleAware = new ArrayList<>();
    private final PluginContext context;
    private final HostAnswers answers;
    private List<Class<?>> exportedAs = List.of();

    private PluginContainer(Bundle bundle, String plugin, Host host, Set<String> madeUp, long waitMillis) {
        this.bundle = bundle;
        this.plugin = plugin;
        ClassLoader loader = bundle.adapt(BundleWiring.class).getClassLoader();
        answers = new HostAnswers(host, plugin, loader, madeUp,
                name -> bundle.getEntry(name.replace('.', '/') + ".class") != null, this::answer);
        boolean transformed = bundle.getHeaders("").get("Atlassian-Plugin-Key") == null;
        ServiceReferences references =
                new ServiceReferences(bundle.getBundleContext(), answers, transformed, waitMillis);
        context = new PluginContext(definitions, references, loader);
    }

    /**
     * Starts the container of a bundle that is active. Without definitions nothing runs.
     *
     * @param bundle the plugin's bundle
     * @param plugin the plugin's key
     * @param host what is known of the server
     * @param madeUp the classes that were made up for it, dotted
     * @param waitMillis server time that the context may take
     * @throws ContextException when the context cannot be started; nothing of it remains
     */
    public static PluginContainer start(
            Bundle bundle, String plugin, Host host, Set<String> madeUp, long waitMillis) throws ContextException {
        PluginContainer container = new PluginContainer(bundle, plugin, host, madeUp, waitMillis);
        container.answerCalls();
        FutureTask<Void> starting = new FutureTask<>(() -> {
            container.begin();
            return null;
        });
        Thread thread = new Thread(starting, "ThreadPoolAsyncTaskExecutor::Thread 1");
        thread.setDaemon(true);
        thread.setContextClassLoader(container.bundle.adapt(BundleWiring.class).getClassLoader());
        thread.start();
        try {
            starting.get(waitMillis, TimeUnit.MILLISECONDS);
            return container;
        } catch (TimeoutException e) {
            String where = stack(thread);
            thread.interrupt();
            container.stop();
            throw new ContextException("Plugin '" + plugin + "' did not load within " + waitMillis / 1000
                    + " seconds: its context is still starting" + where);
        } catch (ExecutionException e) {
            container.stop();
            ContextException failure = e.getCause() instanceof ContextException known
                    ? known : new ContextException(String.valueOf(e.getCause()), e.getCause());
            throw container.withUnsupported(failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            container.stop();
            throw new ContextException("interrupted while the context of '" + plugin + "' was starting", e);
        }
    }

    /** A failure may come of what we lack, so its message says that, too. */
    private ContextException withUnsupported(ContextException failure) {
        return definitions.unsupported.isEmpty() ? failure : new ContextException(failure.getMessage()
                + "; this may be since the stand-in does not have " + String.join(", ", definitions.unsupported),
                failure.getCause());
    }

    /** Where a thread stands: its first frame of the plugin, or the first at all. */
    private static String stack(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (!frame.getClassName().startsWith("java.") && !frame.getClassName().startsWith("jdk.")) {
                return ", at " + frame;
            }
        }
        return "";
    }

    /** Withdraws the services and ends the beans. */
    public void stop() {
        for (Object aware : lifecycleAware) {
            try {
                BeanLifecycle.named(aware, "onStop", BeanDefinition.ofClass("LifecycleAware", "", plugin));
            } catch (ContextException e) {
                LOG.error("stop", e.getMessage(), e.getCause());
            }
        }
        lifecycleAware.clear();
        for (ServiceRegistration<?> registration : registrations) {
            try {
                registration.unregister();
            } catch (IllegalStateException e) {
                LOG.debug("stop", "A service of " + plugin + " was withdrawn before");
            }
        }
        registrations.clear();
        context.stop();
    }

    /** What the plugin's files ask for that this container does not do. */
    public Set<String> notDone() {
        Set<String> all = new LinkedHashSet<>(definitions.notDone);
        all.addAll(definitions.unsupported);
        return all;
    }

    /** Made-up classes in the bundle ask here. */
    private void answerCalls() throws ContextException {
        try {
            Class<?> calls = bundle.loadClass("org.migrationharness.standin.host.bridge.HostCalls");
            calls.getField("answers").set(null, answers);
        } catch (ClassNotFoundException e) {
            // Nothing was made up for it.
        } catch (ReflectiveOperationException e) {
            throw new ContextException("the bundle's copy of HostCalls cannot be set", e);
        }
    }

    private void begin() throws ContextException, IOException {
        PluginFiles files = new PluginFiles(bundle);
        SpringXml xml = new SpringXml(files, definitions);
        for (String file : contexts(files)) {
            xml.read(file);
        }
        new DescriptorComponents(files, definitions).read();
        new ConfigurationClasses(files, definitions).expand();
        if (definitions.isEmpty()) {
            return;
        }
        context.start();
        export();
    }

    /** The files that {@code Spring-Context} names; all in the usual folder where it names none. */
    private static List<String> contexts(PluginFiles files) {
        String header = files.header("Spring-Context");
        List<String> named = new ArrayList<>();
        for (String part : header == null ? new String[0] : header.split("[,;]")) {
            String file = part.strip();
            if (!file.isEmpty() && !file.equals("*") && !file.contains("=")) {
                named.add(file);
            }
        }
        return named.isEmpty() ? files.list("META-INF/spring", "*.xml", false) : named;
    }

    private void export() throws ContextException {
        for (ServiceDefinition service : definitions.services) {
            Object bean = context.get(service.bean());
            Set<String> names = new LinkedHashSet<>(service.interfaces());
            if (names.isEmpty()) {
                BeanClass.interfaces(bean.getClass()).forEach(face -> names.add(face.getName()));
            }
            if (names.isEmpty()) {
                names.add(bean.getClass().getName());
            }
            register(bean, names, service.origin());
        }
        for (Map.Entry<Object, List<Class<?>>> one : exported.entrySet()) {
            Set<String> names = new LinkedHashSet<>();
            one.getValue().forEach(face -> names.add(face.getName()));
            register(one.getKey(), names, "OsgiServices.exportOsgiService");
        }
    }

    private void register(Object bean, Set<String> names, String origin) throws ContextException {
        try {
            registrations.add(bundle.getBundleContext().registerService(names.toArray(String[]::new), bean, null));
        } catch (IllegalArgumentException e) {
            throw new ContextException("The service that " + origin + " exports under " + names
                    + " does not implement it: " + e.getMessage(), e);
        }
        if (BeanClass.implementsNamed(bean.getClass(), "LifecycleAware")) {
            lifecycleAware.add(bean);
            BeanLifecycle.named(bean, "onStart", BeanDefinition.ofClass("LifecycleAware", "", origin));
        }
    }

    /** Questions to Spring's own types, and to Atlassian's helpers for Java configuration. */
    private Optional<Answer> answer(String type, String method, Object[] arguments) {
        try {
            if (type.startsWith(JAVA_CONFIG)) {
                return javaConfig(method, arguments);
            }
            return type.startsWith("org.springframework.") ? spring(method, arguments) : Optional.empty();
        } catch (ContextException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private Optional<Answer> javaConfig(String method, Object[] arguments) throws ContextException {
        if (method.equals("importOsgiService")) {
            Class<?> type = (Class<?>) arguments[0];
            BeanDefinition reference = BeanDefinition.reference(
                    Definitions.defaultName(type.getName()), type.getName(), "OsgiServices.importOsgiService");
            return Optional.of(new Answer(context.reference(reference)));
        }
        if (method.equals("exportOsgiService")) {
            Object bean = arguments[0] instanceof Class<?> ? null : arguments[0];
            List<Class<?>> faces = exportedAs.isEmpty()
                    ? List.copyOf(bean == null ? Set.of((Class<?>) arguments[0]) : BeanClass.interfaces(bean.getClass()))
                    : exportedAs;
            if (bean != null) {
                exported.put(bean, faces);
            }
            exportedAs = List.of();
        } else if (method.equals("as")) {
            // Its value is the next argument of exportOsgiService, on the same thread.
            List<Class<?>> named = new ArrayList<>();
            for (Object one : arguments) {
                if (one instanceof Class<?> face) {
                    named.add(face);
                } else if (one instanceof Class<?>[] faces) {
                    named.addAll(List.of(faces));
                }
            }
            exportedAs = List.copyOf(named);
        }
        return Optional.empty();
    }

    private Optional<Answer> spring(String method, Object[] arguments) throws ContextException {
        Object first = arguments.length == 0 ? null : arguments[0];
        switch (method) {
            case "getBean" -> {
                return Optional.of(new Answer(first instanceof Class<?> type ? one(type) : context.get((String) first)));
            }
            case "createBean", "autowire" -> {
                return first instanceof Class<?> type ? Optional.of(new Answer(context.create(type))) : Optional.empty();
            }
            case "autowireBean", "autowireBeanProperties" -> {
                context.autowire(first);
                return Optional.of(new Answer(null));
            }
            case "getBeansOfType" -> {
                Map<String, Object> found = new HashMap<>();
                for (BeanDefinition definition : context.candidates((Class<?>) first)) {
                    found.put(definition.name, context.get(definition));
                }
                return Optional.of(new Answer(found));
            }
            case "containsBean" -> {
                return Optional.of(new Answer(definitions.find((String) first) != null));
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    private Object one(Class<?> type) throws ContextException {
        List<BeanDefinition> found = context.candidates(type);
        if (found.size() != 1) {
            throw new ContextException("No qualifying bean of type '" + type.getName() + "' available: expected one, "
                    + "found " + found.size());
        }
        return context.get(found.get(0));
    }
}
