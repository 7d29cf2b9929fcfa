package org.migrationharness.standin.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.migrationharness.standin.host.bridge.HostCalls;

/** Makes of a plugin's jar the bundle that is installed. The jar itself stays as it was uploaded. */
public final class BundleMaker {
    private final ProvidedJars provided;
    private final Path folder;

    /**
     * @param folder for the bundles that are made
     */
    public BundleMaker(ProvidedJars provided, Path folder) throws IOException {
        this.provided = provided;
        this.folder = Files.createDirectories(folder);
    }

    /**
     * A bundle that was made.
     *
     * @param file its file; the caller removes it once it is installed
     * @param madeUp packages of the host in which types were made up
     * @param fromJars packages of the host that provided jars serve
     * @param types the classes that were made up, dotted
     * @param manifest the manifest that it is installed with
     */
    public record MadeBundle(
            Path file, Set<String> madeUp, Set<String> fromJars, Set<String> types, Manifest manifest) {
    }

    /**
     * @param jar the plugin's jar
     * @param key the plugin's key, which names a bundle whose jar has no name for it
     * @param name the plugin's name
     * @param version the plugin's version
     * @param instructions the descriptor's bundle instructions
     * @param exported tells whether somebody in the framework exports a package
     */
    public MadeBundle make(
            Path jar,
            String key,
            String name,
            String version,
            Map<String, String> instructions,
            Predicate<String> exported) throws IOException {
        JarScan scan = JarScan.of(jar);
        HostPart host = new HostParts(provided, exported).of(jar, scan);
        Manifest manifest = BundleManifest.of(
                scan, new BundleManifest.Described(key, name, version, instructions), host, exported);
        Path made = Files.createTempFile(folder, "bundle", ".jar");
        Files.copy(jar, made, StandardCopyOption.REPLACE_EXISTING);
        try {
            // The file system rewrites the changed entries only, so a large jar is copied and not packed again.
            try (FileSystem zip = FileSystems.newFileSystem(made, Map.of("create", "false"))) {
                put(zip, "META-INF/MANIFEST.MF", manifest::write);
                if (!host.types().isEmpty() || !host.jars().isEmpty()) {
                    put(zip, BundleManifest.HOST_JAR, out -> writeTypes(out, host.types()));
                }
                for (Path one : provided.jars()) {
                    if (host.jars().contains(one.getFileName().toString())) {
                        Path inside = zip.getPath(BundleManifest.provided(one.getFileName().toString()));
                        Files.createDirectories(inside.getParent());
                        Files.copy(one, inside);
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(made);
            throw e;
        }
        Set<String> types = host.types().keySet().stream()
                .map(type -> type.replace('/', '.')).collect(java.util.stream.Collectors.toSet());
        return new MadeBundle(made, host.madeUp(), host.provided(), types, manifest);
    }

    private interface EntryContent {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void put(FileSystem zip, String name, EntryContent content) throws IOException {
        Path path = zip.getPath(name);
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        try (OutputStream out = Files.newOutputStream(path)) {
            content.writeTo(out);
        }
    }

    private static void writeTypes(OutputStream out, Map<String, byte[]> types) throws IOException {
        JarOutputStream jar = new JarOutputStream(out);
        String bridge = HostCalls.class.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(bridge));
        try (InputStream in = HostCalls.class.getResourceAsStream("/" + bridge)) {
            in.transferTo(jar);
        }
        for (Map.Entry<String, byte[]> type : types.entrySet()) {
            jar.putNextEntry(new JarEntry(type.getKey() + ".class"));
            jar.write(type.getValue());
        }
        jar.finish();
    }
}
