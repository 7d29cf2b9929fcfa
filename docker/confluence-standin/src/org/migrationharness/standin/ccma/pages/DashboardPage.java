package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.Map;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;
import org.migrationharness.standin.http.Routes;

/**
 * The assistant's home, with the migrations dashboard. Two different addresses are published for it; both lead
 * here.
 */
public final class DashboardPage {
    private final Plans plans;
    private final AssessmentPages assessment;
    private final PlatformClient platform;

    public DashboardPage(Plans plans, AssessmentPages assessment, PlatformClient platform) {
        this.plans = plans;
        this.assessment = assessment;
        this.platform = platform;
    }

    public void addTo(Routes routes) {
        routes.get("/admin/migration.action", Access.SECURE_ADMIN, this::show)
                .get(MigrationAddresses.HOME, Access.SECURE_ADMIN, this::show)
                .post(MigrationAddresses.CONNECT, Access.SECURE_ADMIN, this::connectAgain);
    }

    private void show(Exchange exchange) throws IOException {
        exchange.page("home", Map.of("plans", plans.all(), "assessed", assessment.percentDone(),
                "expired", platform.isExpired()));
    }

    private void connectAgain(Exchange exchange) {
        try {
            platform.connectAgain();
        } catch (PlatformException e) {
            throw new HttpProblem(502, "The cloud site could not be connected: " + e.getMessage());
        }
        exchange.redirect(MigrationAddresses.HOME);
    }
}
