package org.migrationharness.standin.ccma.plans;

import java.util.List;

/**
 * What a plan migrates, and where to.
 *
 * @param stage production or testing; it changes nothing
 * @param site the destination site
 * @param include the kinds of data to migrate
 * @param spaces the keys of the spaces to migrate; null, as in plans of older homes, for all
 */
public record PlanScope(String stage, String site, List<Kind> include, List<String> spaces) {
    /** The kinds of data that a plan can hold. */
    public enum Kind {
        SPACES("Spaces"),
        ATTACHMENTS("Attachments"),
        USERS("Users and groups"),
        APPS("Apps"),
        TEMPLATES("Global templates");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    public boolean includes(Kind kind) {
        return include.contains(kind);
    }

    /** Whether the plan has a space; of a page that has not been asked yet, each has. */
    public boolean takes(String spaceKey) {
        return includes(Kind.SPACES) && (spaces == null || spaces.contains(spaceKey));
    }
}
