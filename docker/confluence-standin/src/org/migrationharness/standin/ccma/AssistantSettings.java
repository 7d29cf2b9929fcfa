package org.migrationharness.standin.ccma;

import java.nio.file.Path;
import org.migrationharness.standin.ccma.pages.PageSettings;
import org.migrationharness.standin.ccma.platform.PlatformSettings;
import org.migrationharness.standin.ccma.profile.Profile;

/**
 * The settings of the migration assistant.
 *
 * @param home the Confluence home, which the core migration exports to
 * @param profile the behaviour of the CCMA version that is modelled
 * @param platform where the cloud is
 * @param assessmentPresumed whether apps count as assessed, needed in cloud and consented to until an admin
 *     decides otherwise
 * @param pages how its pages are drawn
 */
public record AssistantSettings(
        Path home, Profile profile, PlatformSettings platform, boolean assessmentPresumed,
        PageSettings pages) {
}
