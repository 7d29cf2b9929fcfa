package org.migrationharness.standin.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
 * @param packages the packages that these classes refer to, dotted
 * @param hostClasses where the classes are that refer to a package of the host
 * @param inner the jars inside that are on its class path
 */
record JarScan(
        Manifest manifest, Set<String> classes, Set<String> packages, Set<Place> hostClasses, List<String> inner) {
    /** Where a class is: in the jar itself, where {@code inner} is empty, or in a jar inside. */
    record Place(String inner, String entry) {
    }

    private static final String LIBRARIES = "META-INF/lib/";
    private static final String CLASS = ".class";
    private static final int LARGEST = 16 << 20;

    static JarScan of(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest() == null ? new Manifest() : jar.getManifest();
            List<String> inner = inner(jar, manifest);
            Set<String> classes = new HashSet<>();
            Set<String> packages = new TreeSet<>();
            Set<Place> hostClasses = new LinkedHashSet<>();
            walk(jar, inner, place -> isClass(place.entry()), (place, raw) -> {
                classes.add(place.entry().substring(0, place.entry().length() - CLASS.length()));
                scan(place, raw, packages, hostClasses);
            });
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

    private interface Visitor {
        void visit(Place place, byte[] raw);
    }

    /** Visits the wanted entries of a jar and of those inside that are on its class path. */
    private static void walk(JarFile jar, List<String> inner, Predicate<Place> wanted, Visitor visitor)
            throws IOException {
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements();) {
            JarEntry entry = all.nextElement();
            Place place = new Place("", entry.getName());
            if (wanted.test(place)) {
                try (InputStream in = jar.getInputStream(entry)) {
                    read(place, in, visitor);
                }
            }
        }
        for (String name : inner) {
            try (JarInputStream in = new JarInputStream(jar.getInputStream(jar.getEntry(name)), false)) {
                for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                    Place place = new Place(name, entry.getName());
                    if (wanted.test(place)) {
                        read(place, in, visitor);
                    }
                }
            }
        }
    }

    /** A jar inside may be a bomb, so no more is read than a class has. */
    private static void read(Place place, InputStream in, Visitor visitor) throws IOException {
        byte[] raw = in.readNBytes(LARGEST);
        if (raw.length < LARGEST) {
            visitor.visit(place, raw);
        }
    }

    private static void scan(Place place, byte[] raw, Set<String> packages, Set<Place> hostClasses) {
        Set<String> found = new HashSet<>();
        try {
            for (String name : new ClassFile(raw).references()) {
                found.add(HostPackages.packageOf(name));
            }
        } catch (IllegalArgumentException e) {
            return; // The framework says what is wrong with it, if it is ever loaded.
        }
        packages.addAll(found);
        if (found.stream().anyMatch(HostPackages::contains)) {
            hostClasses.add(place);
        }
    }

    private static boolean isClass(String name) {
        return name.endsWith(CLASS) && !name.startsWith("META-INF/") && !name.endsWith("-info.class");
    }

    /** Reads the classes that refer to a package of the host. */
    void readHostClasses(Path file, Consumer<ClassFile> visitor) throws IOException {
        List<String> needed = inner.stream()
                .filter(name -> hostClasses.stream().anyMatch(place -> place.inner().equals(name)))
                .toList();
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            walk(jar, needed, hostClasses::contains, (place, raw) -> visitor.accept(new ClassFile(raw)));
        }
    }
}
