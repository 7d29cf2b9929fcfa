package org.migrationharness.standin.ccma.profile;

/**
 * Where the containerId of a new transfer comes from. The rows of a plan are found by their containerId, so
 * this decides whether later progress finds its row.
 *
 * <p>Both sources give the same id while the plan's rows come from the app assessment. In dev mode the
 * assessment is bypassed and each row gets a containerId of its own; taking the id from the assessment is then
 * the wrong turn that causes the seed's bug. That the real defect was here is our inference: the seed shows
 * only that the listener ran, the cloud settled, the row stayed READY, the log was silent, and that turning dev
 * mode off cured it.
 */
public enum ContainerIdSource {
    /** The app's entry in the assessment, even where the plan did not use the assessment. */
    ASSESSMENT_ENTRY,
    /** The row that the transfer belongs to. */
    PLAN_ROW
}
