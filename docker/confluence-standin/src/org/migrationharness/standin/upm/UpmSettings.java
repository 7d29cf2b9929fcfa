package org.migrationharness.standin.upm;

/**
 * Switches that differ between releases. Here upload is open and signatures are unchecked unless the
 * properties say otherwise, as on the Confluence of the seed; since early 2024 upload is off by default, and
 * since UPM 8 (Confluence 10) signatures are checked.
 *
 * @param uploadEnabled {@code -Dupm.plugin.upload.enabled}
 * @param signaturesChecked the opposite of {@code -Datlassian.upm.signature.check.disabled}
 */
public record UpmSettings(boolean uploadEnabled, boolean signaturesChecked) {
    public static UpmSettings fromProperties() {
        return new UpmSettings(
                Boolean.parseBoolean(System.getProperty("upm.plugin.upload.enabled", "true")),
                !Boolean.parseBoolean(System.getProperty("atlassian.upm.signature.check.disabled", "true")));
    }
}
