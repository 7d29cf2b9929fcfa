package org.migrationharness.standin.bundles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.migrationharness.standin.classfile.ClassFile;
import org.migrationharness.standin.host.HostPackages;
import org.migrationharness.standin.host.MadeUpTypes;
import org.osgi.framework.Version;

/** Finds what of the host a jar needs: from the jars that were provided, and what is left is made up. */
final class HostParts {
    /** Helpers for Java configuration: their work is the container's, even where the plugin has a copy. */
    private static final String JAVA_CONFIG = "com.atlassian.plugins.osgi.javaconfig";

    private final ProvidedJars provided;
    private final Predicate<String> exported;

    /**
     * @param exported tells whether somebody in the framework exports a package
     */
    HostParts(ProvidedJars provided, Predicate<String> exported) {
        this.provided = provided;
        this.exported = exported;
    }

    HostPart of(Path file, JarScan scan) throws IOException {
        Predicate<String> imported = imports(scan);
        Set<String> jars = new TreeSet<>();
        Set<String> fromJars = new TreeSet<>();
        Set<String> shapes = new HashSet<>();
        Deque<String> pending = new ArrayDeque<>();
        Predicate<String> wanted = name -> {
            String at = HostPackages.packageOf(name);
            if (at.startsWith(JAVA_CONFIG)) {
                return true;
            }
            if (scan.classes().contains(name) || exported.test(at)) {
                return false;
            }
            Path jar = provided.owner(at);
            if (jar != null) {
                jars.add(jar.getFileName().toString());
                fromJars.add(at);
                if (shapes.add(name)) {
                    pending.add(name);
                }
                return false;
            }
            return HostPackages.contains(at) && imported.test(at);
        };
        MadeUpTypes types = new MadeUpTypes(wanted);
        scan.readHostClasses(file, types::add);
        // A provided type names others in its members; those are needed to link it, wherever they come from.
        while (!pending.isEmpty()) {
            byte[] raw = provided.classFile(pending.remove());
            if (raw != null) {
                types.addShape(new ClassFile(raw));
            }
        }
        Map<String, byte[]> files = types.write();
        Set<String> madeUp = files.keySet().stream().map(HostPackages::packageOf)
                .collect(Collectors.toCollection(TreeSet::new));
        for (String name : imported(scan)) {
            // No class refers to it, but the manifest asks for it, and a Confluence has it.
            Path jar = provided.owner(name);
            if (jar != null) {
                jars.add(jar.getFileName().toString());
                fromJars.add(name);
            } else if (HostPackages.contains(name) && !exported.test(name)) {
                madeUp.add(name);
            }
        }
        Map<String, Version> versions = new HashMap<>();
        for (String name : fromJars) {
            Version version = provided.version(name);
            if (version != null) {
                versions.put(name, version);
            }
        }
        return new HostPart(files, madeUp, fromJars, List.copyOf(jars), versions);
    }

    /** Which packages the bundle may see at all; a jar without OSGi headers sees all of the host's. */
    private static Predicate<String> imports(JarScan scan) {
        if (!scan.isBundle()) {
            return name -> true;
        }
        Set<String> names = imported(scan);
        List<String> dynamic = Clauses.of(scan.manifest(), "DynamicImport-Package").stream()
                .map(Clauses::name).toList();
        return name -> names.contains(name) || dynamic.stream().anyMatch(pattern -> matches(pattern, name));
    }

    private static Set<String> imported(JarScan scan) {
        Set<String> names = new HashSet<>();
        for (String clause : Clauses.of(scan.manifest(), "Import-Package")) {
            Clauses.split(clause, ';').stream().filter(part -> !part.contains("=")).forEach(names::add);
        }
        return names;
    }

    private static boolean matches(String pattern, String name) {
        return pattern.equals("*") || pattern.equals(name)
                || pattern.endsWith(".*") && name.startsWith(pattern.substring(0, pattern.length() - 1));
    }
}
