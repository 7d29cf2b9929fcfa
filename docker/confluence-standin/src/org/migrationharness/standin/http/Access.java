package org.migrationharness.standin.http;

/** Who may use a route. */
public enum Access {
    /** Anyone, in any state of the server. */
    ANYONE,
    /** Anyone, but only while the server is not set up. */
    SETUP,
    /** A user who is logged in. */
    USER,
    /** An administrator. */
    ADMIN,
    /** An administrator who, if they came by cookie, has confirmed their password (websudo). */
    SECURE_ADMIN
}
