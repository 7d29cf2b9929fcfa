package org.migrationharness.standin.upm;

/** An upload is not installed; its task ends with this error, which clients read. */
final class JarRejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String subCode;

    JarRejectedException(String subCode, String message) {
        super(message);
        this.subCode = subCode;
    }

    JarRejectedException(String subCode, String message, Throwable cause) {
        super(message, cause);
        this.subCode = subCode;
    }

    String subCode() {
        return subCode;
    }
}
