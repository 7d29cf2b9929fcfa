package org.migrationharness.standin.ccma.pages;

import java.io.IOException;
import java.util.Map;
import org.migrationharness.standin.ccma.plans.Plans;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;

/**
 * The assistant's home, with the migrations dashboard. Two different addresses are published for it; both lead
 * here.
 */
public final class DashboardPage {
    private final Plans plans;
    private final AssessmentPages assessment;

    public DashboardPage(Plans plans, AssessmentPages assessment) {
        this.plans = plans;
        this.assessment = assessment;
    }

    public void addTo(Routes routes) {
        routes.get("/admin/migration.action", Access.SECURE_ADMIN, this::show)
                .get(MigrationAddresses.HOME, Access.SECURE_ADMIN, this::show);
    }

    private void show(Exchange exchange) throws IOException {
        exchange.page("home", Map.of("plans", plans.all(), "assessed", assessment.percentDone()));
    }
}
