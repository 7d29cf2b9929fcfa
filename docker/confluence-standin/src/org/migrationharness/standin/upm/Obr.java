package org.migrationharness.standin.upm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** An .obr: a zip with {@code obr.xml}, the plugin's jar at its root, and bundles that it depends on in folders. */
final class Obr implements AutoCloseable {
    private static final String INDEX = "obr.xml";
    private static final long LIMIT = 1L << 30;

    private final List<Path> dependencies = new ArrayList<>();
    private final Path folder;
    private Path plugin;

    private Obr(Path folder) {
        this.folder = folder;
    }

    static boolean isObr(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.getEntry(INDEX) != null;
        } catch (ZipException e) {
            return false;
        }
    }

    /**
     * @throws JarRejectedException when it has not exactly one plugin at its root
     */
    static Obr unpack(Path file, Path below) throws IOException, JarRejectedException {
        PluginJar.check(file);
        Obr obr = new Obr(Files.createTempDirectory(below, "obr"));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            obr.read(zip);
            return obr;
        } catch (IOException | JarRejectedException | RuntimeException e) {
            obr.close();
            throw e;
        }
    }

    private void read(ZipFile zip) throws IOException, JarRejectedException {
        long unpacked = 0;
        int count = 0;
        for (ZipEntry entry : zip.stream().filter(one -> one.getName().endsWith(".jar")).toList()) {
            Path jar = folder.resolve(count++ + ".jar");
            try (InputStream in = zip.getInputStream(entry)) {
                Files.copy(in, jar, StandardCopyOption.REPLACE_EXISTING);
            }
            unpacked += Files.size(jar);
            if (unpacked > LIMIT) {
                throw new JarRejectedException("upm.pluginInstall.error.invalid.plugin.file",
                        "The .obr unpacks to far more than plugins hold");
            }
            if (entry.getName().contains("/")) {
                dependencies.add(jar);
            } else if (plugin == null) {
                plugin = jar;
            } else {
                throw new JarRejectedException("upm.pluginInstall.error.invalid.plugin.file",
                        "The .obr has more than one jar at its root");
            }
        }
        if (plugin == null) {
            throw new JarRejectedException("upm.pluginInstall.error.invalid.plugin.file",
                    "The .obr has no plugin's jar at its root");
        }
    }

    Path plugin() {
        return plugin;
    }

    List<Path> dependencies() {
        return dependencies;
    }

    @Override
    public void close() throws IOException {
        try (var all = Files.list(folder)) {
            for (Path path : all.toList()) {
                Files.delete(path);
            }
        }
        Files.delete(folder);
    }
}
