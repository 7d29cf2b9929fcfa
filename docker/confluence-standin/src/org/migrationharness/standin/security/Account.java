package org.migrationharness.standin.security;

/**
 * A user as stored in the home; every account of the stand-in is an administrator.
 *
 * @param name the login name
 * @param key the user key, which never changes
 * @param fullName display name
 * @param email address
 * @param passwordHash see {@link PasswordHash}
 */
public record Account(String name, String key, String fullName, String email, String passwordHash) {
}
