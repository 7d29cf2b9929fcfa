package org.migrationharness.standin.ccma.platform;

import java.io.IOException;

/** A call to the cloud that got an error, or no answer. */
public final class PlatformException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /**
     * @param status the HTTP status, or 0 when there was no answer
     * @param code the cloud's own word for the error, or null
     */
    PlatformException(String message, int status, String code, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.code = code;
    }

    /** The cloud's own word for the error, or null. */
    String code() {
        return code;
    }

    public int status() {
        return status;
    }
}
