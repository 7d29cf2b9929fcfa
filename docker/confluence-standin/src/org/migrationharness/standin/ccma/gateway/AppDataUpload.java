package org.migrationharness.standin.ccma.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.migrationharness.standin.ccma.platform.PlatformClient;

/**
 * The stream that an app writes its data to. Bytes go to the cloud as they arrive, so a file of any size needs
 * only one small buffer. Closing the stream waits for the cloud's answer.
 */
final class AppDataUpload extends OutputStream {
    private final BytePipe pipe = new BytePipe();
    private final CompletableFuture<Void> completion;

    AppDataUpload(PlatformClient platform, Executor threads, String transferId, String label) {
        completion = CompletableFuture.runAsync(() -> {
            try (InputStream in = pipe.input()) {
                platform.upload(transferId, label, HttpRequest.BodyPublishers.ofInputStream(() -> in));
            } catch (IOException e) {
                throw new IllegalStateException("the upload of transfer " + transferId + " failed: "
                        + e.getMessage(), e);
            }
        }, threads);
    }

    @Override
    public void write(int oneByte) throws IOException {
        pipe.write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        pipe.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        pipe.finish();
        try {
            completion.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the cloud to answer the upload", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }
}
