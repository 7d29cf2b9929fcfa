package org.migrationharness.standin.upm;

/**
 * Settings whose defaults differ between releases. Here uploads are allowed and signatures are not checked
 * unless the properties say otherwise, as on the seed's Confluence. Since early 2024 uploads are off by default;
 * since UPM 8 (Confluence 10) signatures are checked.
 *
 * @param uploadEnabled {@code -Dupm.plugin.upload.enabled}
 * @param signaturesChecked the opposite of {@code -Datlassian.upm.signature.check.disabled}
 * @param leftDisabled {@code -Dstandin.upm.left.disabled}: an installed app waits for an admin to enable it, as
 *     some do on Data Center
 * @param enableWait {@code -Datlassian.plugins.enable.wait}: how many seconds of server time a plugin's context
 *     may take to start
 */
public record UpmSettings(boolean uploadEnabled, boolean signaturesChecked, boolean leftDisabled, int enableWait) {
    public static UpmSettings fromProperties() {
        return new UpmSettings(
                Boolean.parseBoolean(System.getProperty("upm.plugin.upload.enabled", "true")),
                !Boolean.parseBoolean(System.getProperty("atlassian.upm.signature.check.disabled", "true")),
                Boolean.getBoolean("standin.upm.left.disabled"),
                Integer.getInteger("atlassian.plugins.enable.wait", 300));
    }
}
