package org.migrationharness.standin.ccma.platform;

import java.io.IOException;

/** A call to the cloud that got an error, or no answer. */
public final class PlatformException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status the HTTP status, or 0 when there was no answer
     */
    PlatformException(String message, int status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
