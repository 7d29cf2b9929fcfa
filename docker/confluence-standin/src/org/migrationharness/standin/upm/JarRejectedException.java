package org.migrationharness.standin.upm;

/** An upload that is not installed; ends its task as an error that clients read. */
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
