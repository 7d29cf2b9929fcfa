package org.migrationharness.standin.ccma.apps;

/** What an admin decides about an app on "Assess your apps". */
public enum Decision {
    NONE("No decision made"),
    NEEDED("Needed in cloud"),
    NOT_NEEDED("Not needed in cloud"),
    ALTERNATIVE("Alternative in cloud");

    private final String text;

    Decision(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    public static Decision named(String name) {
        for (Decision decision : values()) {
            if (decision.name().equals(name)) {
                return decision;
            }
        }
        return NONE;
    }
}
