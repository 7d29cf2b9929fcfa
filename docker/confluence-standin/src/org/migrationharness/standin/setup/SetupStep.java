package org.migrationharness.standin.setup;

/**
 * The wizard's steps in order, as observed on 9.2 and 10.2 (deployment type after licence) and, for the database
 * pages, on 7.x and 8.x. The ids are those that {@code setupStep} in confluence.cfg.xml holds.
 */
enum SetupStep {
    LICENSE("setuplicense", "setuplicense.action"),
    CLUSTER("setupcluster-start", "setupcluster-start.action"),
    DATABASE_CHOICE("setupdbchoice-start", "setupdbchoice-start.action"),
    DATABASE("setupdbtype-start", "setupdbtype-start.action"),
    DATA("setupdata-start", "setupdata-start.action"),
    USER_MANAGEMENT("setupusermanagementchoice-start", "setupusermanagementchoice-start.action"),
    ADMINISTRATOR("setupadministrator-start", "setupadministrator-start.action"),
    COMPLETE("complete", "finishsetup.action");

    private final String id;
    private final String page;

    SetupStep(String id, String page) {
        this.id = id;
        this.page = page;
    }

    String id() {
        return id;
    }

    String path() {
        return "/setup/" + page;
    }

    SetupStep next() {
        return values()[ordinal() + 1];
    }

    /** The step with a stored id; a home with an unknown one starts over. */
    static SetupStep of(String id) {
        for (SetupStep step : values()) {
            if (step.id.equals(id)) {
                return step;
            }
        }
        return LICENSE;
    }
}
