package org.migrationharness.standin.tomcat;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Synchrony is a process of its own in the real product. Here it is a second port that answers its
 * heartbeat (body {@code OK}) and nothing else; the product's port proxies the heartbeat, as the default
 * Synchrony proxy does.
 */
final class SynchronyValve extends ValveBase {
    private static final String HEARTBEAT = "/synchrony/heartbeat";

    private final Connector synchrony;

    SynchronyValve(Connector synchrony) {
        this.synchrony = synchrony;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        boolean ownPort = request.getConnector() == synchrony;
        if (request.getRequestURI().equals(HEARTBEAT)) {
            response.setContentType("text/plain;charset=UTF-8");
            response.getOutputStream().write("OK".getBytes(StandardCharsets.UTF_8));
        } else if (ownPort) {
            response.sendError(404);
        } else {
            getNext().invoke(request, response);
        }
    }
}
