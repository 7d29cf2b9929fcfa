package org.migrationharness.standin.http;

/** Ends a request with an error status: as JSON under {@code /rest/}, as a page elsewhere. */
public final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String subCode;

    public HttpProblem(int status, String message) {
        this(status, message, null);
    }

    /**
     * @param subCode UPM's machine-readable reason, or null
     */
    public HttpProblem(int status, String message, String subCode) {
        super(message, null, false, false);
        this.status = status;
        this.subCode = subCode;
    }

    public String subCode() {
        return subCode;
    }

    public int status() {
        return status;
    }
}
