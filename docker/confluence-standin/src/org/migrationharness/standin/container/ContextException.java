package org.migrationharness.standin.container;

/** A plugin's context cannot be started; the message says which bean and why, as Spring words it. */
public final class ContextException extends Exception {
    private static final long serialVersionUID = 1L;

    public ContextException(String message) {
        super(message);
    }

    public ContextException(String message, Throwable cause) {
        super(message, cause);
    }
}
