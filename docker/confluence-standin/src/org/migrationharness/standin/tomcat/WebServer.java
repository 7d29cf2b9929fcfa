package org.migrationharness.standin.tomcat;

import jakarta.servlet.MultipartConfigElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.core.StandardServer;
import org.apache.catalina.session.StandardManager;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.SimpleInstanceManager;

/**
 * Embedded Tomcat with the product's connector and Synchrony's. Its timers follow the JVM's clock, which may
 * run hundreds of times faster than wall time. Idle limits are therefore off or multiplied; otherwise a client
 * that keeps its connection open would find it closed within milliseconds.
 */
public final class WebServer {
    private static final int SESSION_MINUTES = 60;
    private static final long UPLOAD_LIMIT = 256L << 20;
    private static final int FORM_LIMIT = 2 << 20;

    private final Tomcat tomcat = new Tomcat();
    private final Connector http;
    private final Connector synchrony;

    /**
     * @param settings where to listen
     * @param dispatcher the servlet that answers every request
     */
    public WebServer(WebServerSettings settings, Dispatcher dispatcher) throws IOException {
        Path base = Files.createDirectories(settings.home().resolve("temp"));
        tomcat.setBaseDir(base.toString());
        http = connector(settings, settings.ports().http(), "http-nio");
        synchrony = connector(settings, settings.ports().synchrony(), "synchrony-nio");
        tomcat.setConnector(http);
        tomcat.getService().addConnector(synchrony);
        tomcat.getEngine().setBackgroundProcessorDelay(scaled(10, settings));
        if (tomcat.getServer() instanceof StandardServer server) {
            server.setPeriodicEventDelay(scaled(10, settings));
        }

        StandardContext context = context(base);
        context.setSessionTimeout(scaled(SESSION_MINUTES, settings));
        context.setUseHttpOnly(true);
        StandardManager sessions = new StandardManager();
        sessions.setPathname(null);
        context.setManager(sessions);
        Wrapper wrapper = Tomcat.addServlet(context, "dispatcher", dispatcher);
        wrapper.addMapping("/");
        wrapper.setMultipartConfigElement(
                new MultipartConfigElement(base.toString(), UPLOAD_LIMIT, UPLOAD_LIMIT + FORM_LIMIT, 0));
        context.getPipeline().addValve(new SynchronyValve(synchrony));
        tomcat.getHost().getPipeline().addValve(new OwnHostsValve(settings.hosts()));
        tomcat.getHost().addChild(context);
        hideErrorDetails();
        if (settings.accessLog()) {
            tomcat.getHost().getPipeline().addValve(AccessLog.valve(settings.home()));
        }
    }

    /**
     * A context configured by hand: Tomcat's own helper reads annotations whose classes Debian does not ship.
     */
    private static StandardContext context(Path base) {
        StandardContext context = new StandardContext();
        context.setName("");
        context.setPath("");
        context.setDocBase(base.toString());
        context.setInstanceManager(new SimpleInstanceManager());
        context.addLifecycleListener(event -> {
            if (event.getType().equals(Lifecycle.CONFIGURE_START_EVENT)) {
                context.setConfigured(true);
            }
        });
        return context;
    }

    private static Connector connector(WebServerSettings settings, int port, String name) {
        Connector connector = new Connector(new Http11NioProtocol() {
            @Override
            protected void startAsyncTimeout() {
                // Nothing is served asynchronously, and a fast clock would turn a check a second into hundreds.
            }
        });
        connector.setPort(port);
        connector.setThrowOnFailure(true);
        connector.setURIEncoding("UTF-8");
        connector.setXpoweredBy(false);
        connector.setMaxPostSize(FORM_LIMIT);
        connector.setProperty("address", settings.bind());
        connector.setProperty("server", "Confluence stand-in");
        connector.setProperty("connectionTimeout", "-1");
        connector.setProperty("keepAliveTimeout", "-1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("selectorTimeout", Integer.toString(scaled(1000, settings)));
        connector.setProperty("maxThreads", name.startsWith("http") ? "48" : "4");
        connector.setProperty("minSpareThreads", "2");
        return connector;
    }

    /** The errors that Tomcat itself answers (a bad request line) must show neither version nor stack trace. */
    private void hideErrorDetails() {
        ErrorReportValve valve = new ErrorReportValve();
        valve.setShowReport(false);
        valve.setShowServerInfo(false);
        ((StandardHost) tomcat.getHost()).setErrorReportValveClass(null);
        tomcat.getHost().getPipeline().addValve(valve);
    }

    private static int scaled(int value, WebServerSettings settings) {
        return (int) Math.min(Integer.MAX_VALUE, (long) value * settings.timeScale());
    }

    /**
     * @throws LifecycleException when a port cannot be taken
     */
    public void start() throws LifecycleException {
        tomcat.start();
    }

    public int httpPort() {
        return http.getLocalPort();
    }

    public int synchronyPort() {
        return synchrony.getLocalPort();
    }

    public void stop() throws LifecycleException {
        int port = http.getLocalPort();
        tomcat.stop();
        if (port > 0) {
            ServerOutput.destroying(port);
        }
        tomcat.destroy();
    }
}
