package com.atlassian.migration.app.check;

import java.util.Set;

/** The checks that an app brings; the assistant runs them before a migration. The package is inferred. */
public interface PreMigrationCheckRepository {
    Set<CheckSpec> getAvailableChecks();

    CheckResult executeCheck(String checkId, MigrationPlanContext context);
}
