package org.migrationharness.standin.tomcat;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * In the real product Synchrony is a separate process. Here it is a second port that answers only its heartbeat
 * (body {@code OK}). The product's port answers the heartbeat too, as the default Synchrony proxy does.
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
