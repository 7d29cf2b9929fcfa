package org.migrationharness.standin.ccma.profile;

/**
 * Where the containerId of a new transfer comes from. Rows of a plan are kept by containerId, so this
 * decides whether later news finds its row.
 *
 * <p>The two agree while the plan's rows come from the app assessment. In dev mode the assessment is
 * bypassed and rows get a containerId of their own; asking the assessment then is the wrong turn behind the
 * seed's bug. That the real defect sat here is our inference: the seed shows only that the listener ran, the
 * cloud settled, the row stayed READY, the log was silent, and that turning dev mode off cured it.
 */
public enum ContainerIdSource {
    /** The entry of the app assessment, also where the plan never looked at it. */
    ASSESSMENT_ENTRY,
    /** The row that the transfer belongs to. */
    PLAN_ROW
}
