package org.migrationharness.standin.store;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * One value stored as a JSON file. {@link #save} returns when the bytes are on disk under their final name
 * (temporary file, fsync, atomic rename, fsync of the folder), so that what a 200 acknowledged survives
 * {@code kill -9}.
 *
 * @param <T> the value's type, made of records, lists and maps
 */
public final class JsonFile<T> {
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path path;
    private final TypeToken<T> type;

    public JsonFile(Path path, TypeToken<T> type) {
        this.path = path;
        this.type = type;
    }

    /**
     * @return the stored value, or {@code fallback} when there is none yet
     * @throws UncheckedIOException when the file exists but cannot be read or parsed, or is empty
     */
    public T load(T fallback) {
        if (!Files.exists(path)) {
            return fallback;
        }
        try {
            T value = GSON.fromJson(Files.readString(path), type);
            if (value == null) {
                // Nothing here writes such a file: what was in it is lost, which is not the same as "none yet".
                throw new IOException(path + " is empty. Restore it, or remove it to begin without its content");
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        } catch (JsonParseException e) {
            throw new UncheckedIOException(
                    "cannot parse " + path, new IOException(path + " is damaged: " + e.getMessage()));
        }
    }

    public synchronized void save(T value) {
        write(path, GSON.toJson(value, type.getType()).getBytes(StandardCharsets.UTF_8));
    }

    public synchronized void delete() {
        try {
            Files.deleteIfExists(path);
            syncFolder(path.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }

    /** Replaces the contents of {@code target} durably and atomically. */
    public static void write(Path target, byte[] bytes) {
        Path folder = target.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, "." + target.getFileName(), ".new");
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    /** Makes a rename or deletion in {@code folder} durable. */
    public static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
