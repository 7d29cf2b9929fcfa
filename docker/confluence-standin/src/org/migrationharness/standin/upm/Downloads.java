package org.migrationharness.standin.upm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Fetches what {@code pluginUri} names. A real UPM asks any address, mostly the Marketplace's; this one asks only
 * those inside the stack, as it must not be a way to others.
 */
final class Downloads {
    private static final int TIMEOUT_SECONDS = 30;
    private static final long LIMIT = 256L << 20;
    private static final String FAILED = "upm.pluginInstall.error.response.exception";

    private final Path temporary;
    private final Duration timeout;

    /**
     * @param timeScale how many times faster than wall time this JVM's clock runs
     */
    Downloads(Path temporary, int timeScale) {
        this.temporary = temporary;
        timeout = Duration.ofSeconds((long) TIMEOUT_SECONDS * timeScale);
    }

    Path fetch(URI uri) throws IOException, JarRejectedException {
        Artifact.checkName(String.valueOf(uri.getPath()));
        checkInside(uri);
        Path file = Files.createTempFile(temporary, "upload", ".jar");
        try {
            write(uri, file);
            return file;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw new JarRejectedException(FAILED, "The download of " + uri + " failed: " + e, e);
        } catch (JarRejectedException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private void write(URI uri, Path file) throws IOException, JarRejectedException {
        // Without redirects: they could lead out of the stack.
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout)
                .build();
        try {
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(uri).timeout(timeout).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body(); OutputStream out = Files.newOutputStream(file)) {
                if (answer.statusCode() != 200) {
                    throw new JarRejectedException(FAILED,
                            "The download of " + uri + " was answered " + answer.statusCode());
                }
                long copied = 0;
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    copied += n;
                    if (copied > LIMIT) {
                        throw new JarRejectedException(FAILED, uri + " is larger than " + LIMIT + " bytes");
                    }
                    out.write(buffer, 0, n);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void checkInside(URI uri) throws JarRejectedException {
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!http || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new JarRejectedException(FAILED, "pluginUri has to be an http or https address, not " + uri);
        }
        try {
            for (InetAddress each : InetAddress.getAllByName(uri.getHost())) {
                boolean unique = each.getAddress().length == 16 && (each.getAddress()[0] & 0xfe) == 0xfc;
                if (!each.isLoopbackAddress() && !each.isSiteLocalAddress() && !unique) {
                    throw new JarRejectedException(FAILED, uri.getHost()
                            + " is outside of the stack: the stand-in downloads from this machine's networks only");
                }
            }
        } catch (UnknownHostException e) {
            throw new JarRejectedException(FAILED, "The host " + uri.getHost() + " is not known", e);
        }
    }
}
