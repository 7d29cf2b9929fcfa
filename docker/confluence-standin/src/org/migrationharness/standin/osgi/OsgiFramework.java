package org.migrationharness.standin.osgi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.migrationharness.standin.bundles.Clauses;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The OSGi framework that plugins run in. The system bundle exports the JDK's packages and the assistant's API
 * to them, and no other package of ours.
 */
public final class OsgiFramework {
    private final Framework framework;
    private final Set<String> assistantPackages;

    /**
     * @param cache a folder for the bundles' code; what an earlier process left in it is removed
     * @param exports the packages that the assistant exports
     */
    public OsgiFramework(Path cache, List<String> exports) throws IOException {
        removeFolder(cache);
        Map<String, String> settings = new HashMap<>();
        settings.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        settings.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES, systemPackages());
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, exports.stream()
                .map(name -> name + ";version=1.0.0").collect(Collectors.joining(",")));
        assistantPackages = Set.copyOf(exports);
        settings.put(Constants.FRAMEWORK_SYSTEMCAPABILITIES, executionEnvironments());
        // Only the packages above and java.* are visible: a plugin cannot reach into the stand-in.
        settings.put(Constants.FRAMEWORK_BUNDLE_PARENT, Constants.FRAMEWORK_BUNDLE_PARENT_EXT);
        settings.put(Constants.FRAMEWORK_BOOTDELEGATION, "sun.*,jdk.internal.*");
        settings.put("felix.log.level", "0");
        // Felix 4 would replace the JVM's URL handlers and then not find the JDK's own for http.
        settings.put("felix.service.urlhandlers", "false");
        framework = new FrameworkFactory().newFramework(settings);
    }

    public void start() throws BundleException {
        framework.start();
    }

    /** The system bundle's context. It does not see services whose interface comes from another class loader. */
    public BundleContext context() {
        return framework.getBundleContext();
    }

    /**
     * Installs and starts a bundle. When it cannot be resolved or started, it is uninstalled again.
     *
     * @throws BundleException when it cannot be installed; its type says why
     */
    public Bundle install(String location, Path jar) throws BundleException, IOException {
        Bundle bundle;
        try (InputStream in = Files.newInputStream(jar)) {
            bundle = context().installBundle(location, in);
        }
        try {
            bundle.start();
            return bundle;
        } catch (BundleException | RuntimeException | LinkageError e) {
            bundle.uninstall();
            throw e;
        }
    }

    /** The packages that bundles can import now: those of the system bundle, and those of all others. */
    public Set<String> exportedPackages() {
        Set<String> found = new HashSet<>(assistantPackages);
        for (Bundle bundle : context().getBundles()) {
            String header = bundle.getBundleId() == 0 ? systemPackages() : bundle.getHeaders("").get("Export-Package");
            if (header != null) {
                found.addAll(Clauses.names(header));
            }
        }
        return found;
    }

    /** Lets go of bundles that are uninstalled, so that nobody is wired to what they exported. */
    public void refresh(Collection<Bundle> bundles) {
        CountDownLatch done = new CountDownLatch(1);
        framework.adapt(FrameworkWiring.class).refreshBundles(bundles, event -> done.countDown());
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public void stop() throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(0);
    }

    /** Felix 4 does not know the packages of Java 17, so they are read from the running JDK. */
    private static String systemPackages() {
        TreeSet<String> packages = ModuleLayer.boot().modules().stream()
                .map(Module::getDescriptor)
                .filter(module -> module.name().startsWith("java.") || module.name().equals("jdk.unsupported"))
                .flatMap(module -> module.exports().stream())
                .filter(export -> !export.isQualified())
                .map(export -> export.source())
                .filter(name -> !name.startsWith("java."))
                .collect(Collectors.toCollection(TreeSet::new));
        return String.join(",",
                "org.osgi.framework;version=1.10.0",
                "org.osgi.framework.hooks.bundle;version=1.1.0",
                "org.osgi.framework.hooks.resolver;version=1.0.0",
                "org.osgi.framework.hooks.service;version=1.1.0",
                "org.osgi.framework.hooks.weaving;version=1.0.0",
                "org.osgi.framework.launch;version=1.1.0",
                "org.osgi.framework.namespace;version=1.0.0",
                "org.osgi.framework.startlevel;version=1.0.0",
                "org.osgi.framework.wiring;version=1.1.0",
                "org.osgi.resource;version=1.0.0",
                "org.osgi.service.url;version=1.0.0",
                "org.osgi.service.packageadmin;version=1.2.0",
                "org.osgi.service.startlevel;version=1.1.0",
                "org.osgi.util.tracker;version=1.5.2",
                String.join(",", packages));
    }

    private static String executionEnvironments() {
        String versions = Stream.concat(
                Stream.of("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8"),
                IntStream.rangeClosed(9, Runtime.version().feature()).mapToObj(n -> n + ".0"))
                .collect(Collectors.joining(","));
        return "osgi.ee;osgi.ee=\"OSGi/Minimum\";version:List<Version>=\"1.0,1.1,1.2\","
                + "osgi.ee;osgi.ee=\"JavaSE\";version:List<Version>=\"" + versions + "\"";
    }

    private static void removeFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
