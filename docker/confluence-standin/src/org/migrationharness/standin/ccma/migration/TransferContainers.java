package org.migrationharness.standin.ccma.migration;

import org.migrationharness.standin.ccma.apps.Assessment;
import org.migrationharness.standin.ccma.profile.ContainerIdSource;
import org.migrationharness.standin.ccma.rows.AppRow;

/** Chooses the container that a transfer is registered under: the branch of the dev-mode bug. */
public final class TransferContainers {
    private final ContainerIdSource source;
    private final Assessment assessment;

    public TransferContainers(ContainerIdSource source, Assessment assessment) {
        this.source = source;
        this.assessment = assessment;
    }

    /** The containerId for the transfer of {@code row}; {@link ContainerIdSource} says why it may be another. */
    String containerId(AppRow row) {
        return switch (source) {
            case ASSESSMENT_ENTRY -> assessment.containerId(row.serverAppKey());
            case PLAN_ROW -> row.containerId();
        };
    }
}
