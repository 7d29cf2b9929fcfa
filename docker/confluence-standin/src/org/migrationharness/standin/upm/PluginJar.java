package org.migrationharness.standin.upm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/**
 * Checks an uploaded file before OSGi reads it: it must be undamaged, of a sane size when unpacked, without an
 * entry that leaves its folder, with a plugin descriptor. A jar without OSGi headers is made a bundle later.
 */
final class PluginJar {
    private static final long UNPACKED_LIMIT = 1L << 30;
    private static final int ENTRY_LIMIT = 65_535;
    /** Deflate reaches about 1030 to 1; real class files and text stay below 50. */
    private static final int RATIO_LIMIT = 200;
    private static final long RATIO_FREE = 10L << 20;
    private static final String BROKEN = "upm.pluginInstall.error.invalid.plugin.file";

    private PluginJar() {
    }

    /**
     * @throws JarRejectedException when the file must not be installed
     */
    static PluginDescriptor inspect(Path file, UpmSettings settings) throws IOException, JarRejectedException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            checkEntries(jar, file);
            if (settings.signaturesChecked() && !isSigned(jar)) {
                throw new JarRejectedException(
                        "upm.pluginInstall.error.signature.check.failed", "Signature check failed!");
            }
            ZipEntry xml = jar.getEntry("atlassian-plugin.xml");
            if (xml == null) {
                throw new JarRejectedException("upm.pluginInstall.error.unrecognised.plugin.version",
                        "The file has no atlassian-plugin.xml, so it is not a plugin");
            }
            try (InputStream in = jar.getInputStream(xml)) {
                PluginDescriptor descriptor = PluginDescriptor.parse(in);
                Manifest manifest = jar.getManifest();
                boolean hasKey = manifest != null
                        && manifest.getMainAttributes().getValue("Atlassian-Plugin-Key") != null;
                return hasKey ? descriptor.notTransformed() : descriptor;
            }
        } catch (ZipException e) {
            throw new JarRejectedException(BROKEN, "The file is not a valid jar: " + e.getMessage(), e);
        }
    }

    /**
     * Checks a jar that need not be a plugin.
     *
     * @throws JarRejectedException when it must not be installed
     */
    static void check(Path file) throws IOException, JarRejectedException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            checkEntries(jar, file);
        } catch (ZipException e) {
            throw new JarRejectedException(BROKEN, "The file is not a valid jar: " + e.getMessage(), e);
        }
    }

    /** Reads every entry: declared sizes may be false, and a JarFile does not verify checksums. */
    private static void checkEntries(JarFile jar, Path file) throws IOException, JarRejectedException {
        if (jar.size() > ENTRY_LIMIT) {
            throw new JarRejectedException(BROKEN, "The jar has " + jar.size() + " entries, more than " + ENTRY_LIMIT);
        }
        long packed = file.toFile().length();
        long unpacked = 0;
        byte[] buffer = new byte[1 << 16];
        for (Enumeration<? extends ZipEntry> all = jar.entries(); all.hasMoreElements();) {
            ZipEntry entry = all.nextElement();
            if (leavesItsFolder(entry.getName())) {
                throw new JarRejectedException(
                        BROKEN, "The jar has an entry that leaves its folder: " + entry.getName());
            }
            CRC32 sum = new CRC32();
            try (InputStream in = jar.getInputStream(entry)) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    unpacked += n;
                    sum.update(buffer, 0, n);
                    boolean bomb = unpacked > UNPACKED_LIMIT
                            || unpacked > RATIO_FREE && unpacked / RATIO_LIMIT > packed;
                    if (bomb) {
                        throw new JarRejectedException(BROKEN, "The jar unpacks to far more than a plugin holds");
                    }
                }
            }
            if (entry.getCrc() >= 0 && entry.getCrc() != sum.getValue()) {
                throw new JarRejectedException(BROKEN, "The jar has a damaged entry: " + entry.getName());
            }
        }
    }

    private static boolean leavesItsFolder(String name) {
        return name.startsWith("/") || name.contains("\\") || name.indexOf('\0') >= 0 || name.contains(":")
                || ("/" + name + "/").contains("/../");
    }

    /** Whether somebody signed it; whom to trust is not modelled. */
    private static boolean isSigned(JarFile jar) {
        return jar.stream().anyMatch(entry -> entry.getName().matches("META-INF/[^/]+\\.(RSA|EC|DSA)"));
    }
}
