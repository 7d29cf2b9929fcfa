package org.migrationharness.standin.ccma;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.List;

/** A migration listener of any generation, as found among the OSGi services. */
interface AppListener {
    String serverAppKey();

    /** Null when the listener names none. */
    String cloudAppKey();

    Origin origin();

    List<String> dataAccessScopes();

    void start(String transferId, MigrationDetailsV1 details);
}
