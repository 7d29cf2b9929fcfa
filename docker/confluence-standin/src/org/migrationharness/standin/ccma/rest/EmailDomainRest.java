package org.migrationharness.standin.ccma.rest;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import org.migrationharness.standin.ccma.plans.EmailDomains;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/**
 * The email domains that have to be trusted before users migrate. The addresses and the body of the change
 * are those of the support page on trusting domains; the list's member is the one that a public script reads.
 */
public final class EmailDomainRest {
    private static final String BASE = "/rest/migration/latest/email/";

    private final EmailDomains domains;

    public EmailDomainRest(EmailDomains domains) {
        this.domains = domains;
    }

    public void addTo(Routes routes) {
        routes.get(BASE + "domains", Access.ADMIN, exchange -> exchange.jsonWithNulls(
                        200, Map.of("availableDomains", domains.all())))
                .put(BASE + "domain-rules", Access.ADMIN, this::decide);
    }

    private void decide(Exchange exchange) throws IOException {
        if (!(exchange.jsonBody() instanceof JsonObject body) || !body.has("domainName") || !body.has("rule")) {
            throw new HttpProblem(400, "Expected {\"domainName\": \"example.com\", \"rule\": \"TRUSTED\"}");
        }
        domains.decide(body.get("domainName").getAsString(), body.get("rule").getAsString());
        exchange.empty(204);
    }
}
