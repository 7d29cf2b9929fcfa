package org.migrationharness.standin.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that rolls over to numbered backups by size ({@code .1} is the newest), as the real log does: five
 * backups (seen in a public configuration) of 20 MB (unverified).
 */
public final class RollingFile {
    private final Path path;
    private final long limit;
    private final int backups;
    private OutputStream out;
    private long size;

    /**
     * @param path the current file; its folder is created
     * @param limit the size in bytes after which it rolls over
     * @param backups how many numbered files are kept
     */
    public RollingFile(Path path, long limit, int backups) throws IOException {
        this.path = path;
        this.limit = limit;
        this.backups = backups;
        Files.createDirectories(path.toAbsolutePath().getParent());
        open();
    }

    public synchronized void append(byte[] bytes) {
        try {
            if (size > 0 && size + bytes.length > limit) {
                roll();
            }
            out.write(bytes);
            out.flush();
            size += bytes.length;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
    }

    private void open() throws IOException {
        out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(path);
    }

    private void roll() throws IOException {
        out.close();
        for (int n = backups - 1; n >= 1; n--) {
            Path older = numbered(n);
            if (Files.exists(older)) {
                Files.move(older, numbered(n + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(path, numbered(1), StandardCopyOption.REPLACE_EXISTING);
        open();
    }

    private Path numbered(int n) {
        return path.resolveSibling(path.getFileName() + "." + n);
    }
}
