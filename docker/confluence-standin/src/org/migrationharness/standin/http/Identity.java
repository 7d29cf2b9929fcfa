package org.migrationharness.standin.http;

/**
 * Who sent a request and how they proved it.
 *
 * @param name the user name, or null for nobody
 * @param credential how it was proved
 */
public record Identity(String name, Credential credential) {
    public static final Identity NOBODY = new Identity(null, Credential.NONE);

    /** How an identity was proved; websudo concerns cookies only. */
    public enum Credential {
        NONE,
        COOKIE,
        BASIC,
        TOKEN
    }

    public boolean known() {
        return name != null;
    }
}
