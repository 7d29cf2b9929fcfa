package org.migrationharness.standin.http;

/** A request that is answered with an error status: JSON under {@code /rest/}, a page elsewhere. */
public final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    public HttpProblem(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
