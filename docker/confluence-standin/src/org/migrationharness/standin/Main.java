package org.migrationharness.standin;

import org.migrationharness.standin.log.Log;

/** The process: reads its settings, starts the server, and stops it on a signal. */
public final class Main {
    private static final Log LOG = Log.named("com.atlassian.confluence.lifecycle");
    private static final int BAD_INPUT = 3;
    private static final int BROKEN = 2;

    private Main() {
    }

    public static void main(String[] arguments) {
        Settings settings;
        try {
            settings = Settings.from(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("confluence stand-in: " + e.getMessage());
            System.exit(BAD_INPUT);
            return;
        }
        // The HTTP client must drop an idle connection before the cloud does, after 5 s of wall time. The
        // property is in server time.
        System.setProperty("jdk.httpclient.keepalive.timeout", Long.toString(3L * settings.process().timeScale()));
        Server server = null;
        try {
            server = new Server(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "shutdown"));
            server.start();
        } catch (Exception | LinkageError e) {
            if (server != null && server.isStopping()) {
                return;
            }
            LOG.error("main", "Confluence could not be started", e);
            System.err.println("confluence stand-in: cannot start: " + rootMessage(e));
            System.exit(BROKEN);
        }
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
