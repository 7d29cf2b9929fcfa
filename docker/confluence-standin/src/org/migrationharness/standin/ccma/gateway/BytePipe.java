package org.migrationharness.standin.ccma.gateway;

import java.io.IOException;
import java.io.InputStream;

/**
 * A bounded pipe between the thread that writes and the thread that sends. The JDK's own piped streams wake
 * their reader only once a second, and fail when the thread of the writer has ended.
 */
final class BytePipe {
    private final byte[] buffer = new byte[1 << 16];
    private int start;
    private int filled;
    private boolean finished;
    private boolean abandoned;

    synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            while (filled == buffer.length && !abandoned) {
                await();
            }
            if (finished || abandoned) {
                throw new IOException(finished ? "the stream is closed" : "the cloud stopped reading");
            }
            int end = (start + filled) % buffer.length;
            int count = Math.min(left, Math.min(buffer.length - filled, buffer.length - end));
            System.arraycopy(bytes, from, buffer, end, count);
            filled += count;
            from += count;
            left -= count;
            notifyAll();
        }
    }

    synchronized void finish() {
        finished = true;
        notifyAll();
    }

    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return take(bytes, offset, length);
            }

            @Override
            public void close() {
                abandon();
            }
        };
    }

    private synchronized int take(byte[] bytes, int offset, int length) throws IOException {
        while (filled == 0 && !finished) {
            await();
        }
        if (filled == 0) {
            return -1;
        }
        int count = Math.min(length, Math.min(filled, buffer.length - start));
        System.arraycopy(buffer, start, bytes, offset, count);
        start = (start + count) % buffer.length;
        filled -= count;
        notifyAll();
        return count;
    }

    private synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    private void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
