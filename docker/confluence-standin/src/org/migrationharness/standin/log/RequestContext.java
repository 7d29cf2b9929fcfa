package org.migrationharness.standin.log;

/** Describes the current request, for the continuation line of log records. */
public final class RequestContext {
    private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();

    private RequestContext() {
    }

    public static void set(String url, String userName, String traceId) {
        CURRENT.set("url: " + url + " | userName: " + userName + " | traceId: " + traceId);
    }

    public static void clear() {
        CURRENT.remove();
    }

    static String current() {
        return CURRENT.get();
    }
}
