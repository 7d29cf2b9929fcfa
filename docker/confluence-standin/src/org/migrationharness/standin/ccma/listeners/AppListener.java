package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.util.List;

/** A migration listener of any generation. */
public interface AppListener {
    String serverAppKey();

    /** Null when the listener has no cloud key. */
    String cloudAppKey();

    ListenerOwner owner();

    List<String> dataAccessScopes();

    /** Calls {@code onStartAppMigration}; throws what the listener throws. */
    void start(String transferId, MigrationDetailsV1 details);

    /** Whether its cloud half is a Forge app. */
    default boolean isForge() {
        return false;
    }
}
