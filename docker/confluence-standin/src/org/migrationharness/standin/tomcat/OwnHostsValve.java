package org.migrationharness.standin.tomcat;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.migrationharness.standin.http.OwnHosts;

/** Refuses requests for a host that this server is not. */
final class OwnHostsValve extends ValveBase {
    private static final int MISDIRECTED = 421;

    private final OwnHosts own;

    OwnHostsValve(OwnHosts own) {
        this.own = own;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (own.has(request.getServerName())) {
            getNext().invoke(request, response);
            return;
        }
        response.setStatus(MISDIRECTED);
        response.setContentType("text/plain;charset=UTF-8");
        response.getOutputStream().write(("This stand-in is not called by that name. Use localhost or an address, "
                + "or allow the name by the variable STANDIN_HOSTS\n").getBytes(StandardCharsets.UTF_8));
    }
}
