package org.migrationharness.standin.upm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** UPM's own XSRF tokens: sent in the {@code upm-token} header, valid for one upload. */
final class UploadTokens {
    private static final int OPEN_LIMIT = 1000;

    private final Deque<String> open = new ArrayDeque<>();

    synchronized String issue() {
        String token = Long.toString(UUID.randomUUID().getMostSignificantBits());
        open.addLast(token);
        if (open.size() > OPEN_LIMIT) {
            open.removeFirst();
        }
        return token;
    }

    synchronized boolean redeem(String token) {
        return open.remove(token);
    }
}
