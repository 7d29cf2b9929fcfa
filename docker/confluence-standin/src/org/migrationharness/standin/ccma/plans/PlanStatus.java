package org.migrationharness.standin.ccma.plans;

/** The states of a plan on the dashboard (Atlassian's support page on plan details). */
public enum PlanStatus {
    SAVED,
    RUNNING,
    FINISHED,
    STOPPED,
    INCOMPLETE,
    FAILED
}
