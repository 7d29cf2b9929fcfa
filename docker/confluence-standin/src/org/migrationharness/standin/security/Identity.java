package org.migrationharness.standin.security;

/**
 * Who sent a request and how they proved it.
 *
 * @param name the user name, or null for nobody
 * @param way how it was proved
 */
public record Identity(String name, Way way) {
    public static final Identity NOBODY = new Identity(null, Way.NONE);

    /** How an identity was proved; websudo concerns cookies only. */
    public enum Way {
        NONE,
        COOKIE,
        BASIC,
        TOKEN
    }

    public boolean known() {
        return name != null;
    }
}
