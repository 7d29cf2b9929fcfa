package org.migrationharness.standin.http;

/** Who may use a route. */
public enum Access {
    /** Anyone, in any state of the server. */
    ANYONE,
    /** The set-up wizard: only while the server is not configured. */
    SETUP,
    /** Someone who is logged in. */
    USER,
    /** An administrator. */
    ADMIN,
    /** An administrator whose password was asked again when they came by cookie (websudo). */
    SECURE_ADMIN
}
