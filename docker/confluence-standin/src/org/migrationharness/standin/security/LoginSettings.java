package org.migrationharness.standin.security;

/**
 * Which ways to log in are open.
 *
 * @param twoStep whether the newer login form, made for a second step, replaces the legacy one
 * @param basicAllowed whether HTTP Basic is accepted, as it is by default before 10.2
 */
public record LoginSettings(boolean twoStep, boolean basicAllowed) {
}
