package org.migrationharness.standin.security;

/**
 * A user as stored in the home.
 *
 * @param name the login name
 * @param key the user key, which never changes
 * @param fullName the display name
 * @param email the email address
 * @param passwordHash see {@link PasswordHash}; null for a user who cannot log in
 * @param added whether the user came by the site's description or by REST, and goes with a reset
 */
public record Account(
        String name, String key, String fullName, String email, String passwordHash, boolean added) {
}
