package org.migrationharness.standin.bundles;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.migrationharness.standin.host.HostPackages;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/** The manifest that a bundle is installed with. */
final class BundleManifest {
    static final String HOST_JAR = "standin-host.jar";
    private static final String IMPORT = "Import-Package";
    private static final String CLASS_PATH = "Bundle-ClassPath";
    private static final String TRACKER = "com.atlassian.migration.app.tracker";
    private static final String ACCESSOR = "com/atlassian/migration/app/tracker/CloudMigrationAccessor";

    private BundleManifest() {
    }

    /**
     * The jar's own manifest, with imports that this framework cannot serve taken out: {@code java.*}, which
     * every bundle sees anyway, and packages that the bundle has been given inside. A jar without OSGi headers
     * gets them as Atlassian's framework writes them: every package that it uses is an optional import.
     *
     * @param scan the jar
     * @param plugin what its descriptor says
     * @param host what it was given of the host
     * @param exported tells whether somebody in the framework exports a package
     */
    static Manifest of(JarScan scan, Described plugin, HostPart host, Predicate<String> exported) {
        Manifest manifest = new Manifest(scan.manifest());
        Attributes main = manifest.getMainAttributes();
        main.putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!scan.isBundle()) {
            describe(main, scan, plugin, exported);
        }
        imports(main, host);
        if (scan.classes().contains(ACCESSOR) && exported.test(TRACKER)) {
            // What passes between this class and a real assistant is not known, so ours takes its place.
            String imported = main.getValue(IMPORT);
            main.putValue(IMPORT, imported == null ? TRACKER : imported + "," + TRACKER);
        }
        if (!host.types().isEmpty() || !host.jars().isEmpty()) {
            List<String> path = new ArrayList<>();
            path.add(HOST_JAR);
            String own = main.getValue(CLASS_PATH);
            path.add(own == null ? "." : own);
            path.addAll(host.jars().stream().map(BundleManifest::provided).toList());
            main.putValue(CLASS_PATH, String.join(",", path));
        }
        return manifest;
    }

    /** What the plugin's descriptor says of the bundle to be made. */
    record Described(String key, String name, String version, Map<String, String> instructions) {
    }

    /** The name inside the bundle of a jar that was provided. */
    static String provided(String jar) {
        return "standin-provided/" + jar;
    }

    private static void describe(Attributes main, JarScan scan, Described plugin, Predicate<String> exported) {
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", plugin.key());
        main.putValue("Bundle-Name", plugin.name());
        main.putValue("Bundle-Version", version(plugin.version()));
        if (!scan.inner().isEmpty()) {
            main.putValue(CLASS_PATH, ".," + String.join(",", scan.inner()));
        }
        Set<String> own = scan.classes().stream().map(HostPackages::packageOf).collect(Collectors.toSet());
        String imports = scan.packages().stream()
                .filter(name -> !own.contains(name) && exported.test(name))
                .map(name -> name + ";resolution:=optional")
                .collect(Collectors.joining(","));
        if (!imports.isEmpty()) {
            main.putValue(IMPORT, imports);
        }
        plugin.instructions().forEach((name, value) -> {
            if (List.of("Export-Package", "DynamicImport-Package", "Spring-Context").contains(name)) {
                main.putValue(name, value);
            }
        });
    }

    private static void imports(Attributes main, HostPart host) {
        String value = main.getValue(IMPORT);
        if (value == null) {
            return;
        }
        List<String> clauses = Clauses.split(value, ',');
        List<String> names = clauses.stream().flatMap(clause -> Clauses.split(clause, ';').stream()).toList();
        String kept = clauses.stream()
                .map(clause -> keep(clause, names, host))
                .filter(clause -> !clause.isEmpty())
                .collect(Collectors.joining(","));
        if (kept.isEmpty()) {
            main.remove(new Attributes.Name(IMPORT));
        } else {
            main.putValue(IMPORT, kept);
        }
    }

    /**
     * A clause without the packages that are not imported; one clause may name several. What contradicts itself or
     * the jar that was given stays, since the framework refuses it in its own words: a package that is imported
     * twice, and a range that leaves the jar's version out.
     */
    private static String keep(String clause, List<String> names, HostPart host) {
        List<String> parts = Clauses.split(clause, ';');
        List<String> kept = parts.stream()
                .filter(part -> part.contains("=") || !isInside(part, host)
                        || Collections.frequency(names, part) > 1 || !accepts(clause, host.versions().get(part)))
                .toList();
        return kept.stream().allMatch(part -> part.contains("=")) ? "" : String.join(";", kept);
    }

    private static boolean accepts(String clause, Version version) {
        String range = Clauses.attribute(clause, "version");
        try {
            return range == null || version == null || new VersionRange(range).includes(version);
        } catch (IllegalArgumentException e) {
            return false; // The framework says what is wrong with it.
        }
    }

    private static boolean isInside(String name, HostPart host) {
        return name.startsWith("java.") || host.madeUp().contains(name) || host.provided().contains(name);
    }

    /** An OSGi version of whatever the descriptor says: at most three numbers, and the rest as qualifier. */
    static String version(String text) {
        var found = java.util.regex.Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?(.*)").matcher(text);
        if (!found.matches()) {
            return "0.0.0";
        }
        String qualifier = found.group(4).replaceAll("[^A-Za-z0-9_-]+", "_").replaceAll("^[_-]+", "");
        return found.group(1) + "." + (found.group(2) == null ? "0" : found.group(2)) + "."
                + (found.group(3) == null ? "0" : found.group(3)) + (qualifier.isEmpty() ? "" : "." + qualifier);
    }
}
