package org.migrationharness.standin.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.migrationharness.standin.host.HostPackages;
import org.osgi.framework.Version;

/** Jars of the host's API that the vendor has, such as those of scope "provided" in their build. */
public final class ProvidedJars {
    private final Path folder;
    private Map<String, Path> owners;

    public ProvidedJars(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        owners = read();
    }

    /**
     * Adds a jar, or replaces the one of this name.
     *
     * @throws IllegalArgumentException when it is not a jar, or another jar has one of its packages
     */
    public synchronized void add(String name, Path file) throws IOException {
        Set<String> packages;
        try {
            packages = packagesOf(file);
        } catch (ZipException e) {
            throw new IllegalArgumentException(name + " is not a valid jar: " + e.getMessage());
        }
        for (String one : packages) {
            Path other = owners.get(one);
            if (other != null && !other.getFileName().toString().equals(name)) {
                throw new IllegalArgumentException("two jars provide the package " + one + ": " + name + " and "
                        + other.getFileName() + "; give one of them");
            }
        }
        Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        owners = read();
    }

    public synchronized void clear() throws IOException {
        for (Path jar : jars()) {
            Files.delete(jar);
        }
        owners = Map.of();
    }

    /** The jar that has a package, or null. */
    synchronized Path owner(String packageName) {
        return owners.get(packageName);
    }

    public synchronized List<Path> jars() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version that a jar says its package has; null where it says nothing. */
    Version version(String packageName) throws IOException {
        Path file = owner(packageName);
        if (file == null) {
            return null;
        }
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest() == null ? new Manifest() : jar.getManifest();
            for (String clause : Clauses.of(manifest, "Export-Package")) {
                String version = Clauses.attribute(clause, "version");
                if (version != null && Clauses.split(clause, ';').contains(packageName)) {
                    return Version.parseVersion(version);
                }
            }
            String bundle = manifest.getMainAttributes().getValue("Bundle-Version");
            return bundle == null ? null : Version.parseVersion(bundle);
        } catch (IllegalArgumentException e) {
            return null; // Not a version that OSGi knows, so it cannot be told apart from another.
        }
    }

    private Map<String, Path> read() throws IOException {
        Map<String, Path> found = new HashMap<>();
        for (Path jar : jars()) {
            packagesOf(jar).forEach(name -> found.put(name, jar));
        }
        return found;
    }

    private static Set<String> packagesOf(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            return jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                    .map(HostPackages::packageOf)
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toSet());
        }
    }

    /** A class of a provided jar, or null. */
    byte[] classFile(String internalName) throws IOException {
        Path jarFile = owner(HostPackages.packageOf(internalName));
        if (jarFile == null) {
            return null;
        }
        try (JarFile jar = new JarFile(jarFile.toFile(), false)) {
            var entry = jar.getEntry(internalName + ".class");
            if (entry == null) {
                return null;
            }
            try (InputStream in = jar.getInputStream(entry)) {
                return in.readAllBytes();
            }
        }
    }
}
