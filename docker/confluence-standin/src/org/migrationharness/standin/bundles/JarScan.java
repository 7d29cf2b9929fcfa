package org.migrationharness.standin.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import org.migrationharness.standin.classfile.ClassFile;
import org.migrationharness.standin.host.HostPackages;

/**
 * A look over all classes of a jar: which it has, and which packages they need.
 *
 * @param manifest its manifest; an empty one where it has none
 * @param classes the classes that it brings, those of jars inside included, named with slashes
 * @param packages the packages that its own classes refer to, dotted
 * @param hostClasses entries whose classes refer to a package of the host
 * @param inner the jars inside that are on its class path
 */
record JarScan(
        Manifest manifest, Set<String> classes, Set<String> packages, List<String> hostClasses, List<String> inner) {
    private static final String LIBRARIES = "META-INF/lib/";
    private static final String CLASS = ".class";

    static JarScan of(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest() == null ? new Manifest() : jar.getManifest();
            List<String> inner = inner(jar, manifest);
            Set<String> classes = new HashSet<>();
            Set<String> packages = new TreeSet<>();
            List<String> hostClasses = new ArrayList<>();
            for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements();) {
                JarEntry entry = all.nextElement();
                if (isClass(entry.getName())) {
                    classes.add(entry.getName().substring(0, entry.getName().length() - CLASS.length()));
                    scan(jar, entry, packages, hostClasses);
                }
            }
            for (String name : inner) {
                try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
                    addNames(in, classes);
                }
            }
            return new JarScan(manifest, classes, packages, hostClasses, inner);
        }
    }

    /** Whether it says of itself that it is a bundle. */
    boolean isBundle() {
        return manifest.getMainAttributes().getValue("Bundle-SymbolicName") != null;
    }

    private static List<String> inner(JarFile jar, Manifest manifest) {
        if (manifest.getMainAttributes().getValue("Bundle-SymbolicName") == null) {
            return jar.stream().map(JarEntry::getName)
                    .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
                    .toList();
        }
        return Clauses.of(manifest, "Bundle-ClassPath").stream()
                .map(Clauses::name)
                .filter(name -> name.endsWith(".jar") && jar.getEntry(name) != null)
                .toList();
    }

    private static void scan(JarFile jar, JarEntry entry, Set<String> packages, List<String> hostClasses)
            throws IOException {
        Set<String> found = new HashSet<>();
        try (InputStream in = jar.getInputStream(entry)) {
            for (String name : new ClassFile(in.readAllBytes()).references()) {
                found.add(HostPackages.packageOf(name));
            }
        } catch (IllegalArgumentException e) {
            return; // The framework says what is wrong with it, if it is ever loaded.
        }
        packages.addAll(found);
        if (found.stream().anyMatch(HostPackages::contains)) {
            hostClasses.add(entry.getName());
        }
    }

    private static void addNames(InputStream in, Set<String> classes) throws IOException {
        try (JarInputStream jar = new JarInputStream(in, false)) {
            for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
                if (isClass(entry.getName())) {
                    classes.add(entry.getName().substring(0, entry.getName().length() - CLASS.length()));
                }
            }
        }
    }

    private static boolean isClass(String name) {
        return name.endsWith(CLASS) && !name.startsWith("META-INF/") && !name.endsWith("-info.class");
    }

    /** Reads some of a jar's classes. */
    static void read(Path file, List<String> entries, Consumer<ClassFile> visitor) throws IOException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            for (String entry : entries) {
                try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
                    visitor.accept(new ClassFile(in.readAllBytes()));
                }
            }
        }
    }
}
