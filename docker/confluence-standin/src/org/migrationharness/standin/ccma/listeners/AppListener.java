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

    /**
     * Calls what the listener has for a re-run: {@code onRerunAppMigration}, else {@code onStartAppMigration}.
     *
     * @param originalTransferId the transfer of the first try, however often it was run again
     * @param transferId the new transfer
     */
    default void rerun(String originalTransferId, String transferId, MigrationDetailsV1 details) {
        start(transferId, details);
    }

    /** Whether the assistant offers to run it again, as it does for those of the current library. */
    default boolean canBeRerun() {
        return true;
    }

    /** Whether its cloud half is a Forge app. */
    default boolean isForge() {
        return false;
    }
}
