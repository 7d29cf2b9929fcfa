package org.migrationharness.standin.security;

/**
 * A user as stored in the home. Every user of the stand-in is an administrator.
 *
 * @param name the login name
 * @param key the user key, which never changes
 * @param fullName the display name
 * @param email the email address
 * @param passwordHash see {@link PasswordHash}
 */
public record Account(String name, String key, String fullName, String email, String passwordHash) {
}
