package org.migrationharness.standin.setup;

/**
 * How a home that is not set up becomes so.
 *
 * @param preset whether it is set up at start, with the administrator below, instead of by the wizard
 * @param adminUser the login name of that administrator
 * @param adminPassword their password
 * @param variables the image's variables that answer pages of the wizard
 */
public record SetupSettings(
        boolean preset, String adminUser, String adminPassword, SetupVariables variables) {
    /** Without the password, which a record would print. */
    @Override
    public String toString() {
        return "SetupSettings[preset=" + preset + ", adminUser=" + adminUser + ", variables=" + variables + "]";
    }
}
