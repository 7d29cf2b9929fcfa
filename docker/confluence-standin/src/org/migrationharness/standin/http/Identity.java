package org.migrationharness.standin.http;

/**
 * Who sent a request, and by which credential they were authenticated.
 *
 * @param name the user name, or null for an anonymous request
 * @param credential what they sent
 * @param isAdministrator whether they may administer
 */
public record Identity(String name, Credential credential, boolean isAdministrator) {
    public static final Identity ANONYMOUS = new Identity(null, Credential.NONE, false);

    /** The kind of credential; websudo applies to cookies only. */
    public enum Credential {
        NONE,
        COOKIE,
        BASIC,
        TOKEN
    }

    public boolean isAuthenticated() {
        return name != null;
    }
}
