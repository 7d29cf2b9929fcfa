package org.migrationharness.standin.ccma.profile;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.migrationharness.standin.ccma.listeners.ListenerGeneration;

/**
 * What differs between the CCMA versions that are modelled, as {@code profiles.txt} says it, with a source for each
 * line.
 *
 * @param version the CCMA version
 * @param devModePollPeriod how often rows are refreshed in dev mode (server time)
 * @param containerIdSource which containerId a transfer is registered under
 * @param generations the generations of listeners that are looked up
 * @param capabilities what this version can do
 * @param exports the packages that it exports to apps
 */
public record Profile(
        String version,
        Duration devModePollPeriod,
        ContainerIdSource containerIdSource,
        Set<ListenerGeneration> generations,
        Set<Capability> capabilities,
        List<String> exports) {

    /** How often rows are refreshed outside dev mode (server time); stated in the seed. */
    public static final Duration POLL_PERIOD = Duration.ofMinutes(10);

    /** The version where nobody says another. */
    public static final String DEFAULT = "3.9.6";

    /**
     * @throws IllegalArgumentException when the version is not modelled
     */
    public static Profile named(String version) {
        Facts facts = Facts.read();
        List<String> versions = facts.all("version");
        if (!versions.contains(version)) {
            throw new IllegalArgumentException("CCMA_VERSION=" + version + " is not modelled: choose "
                    + String.join(" or ", versions));
        }
        List<String> devMode = facts.of("dev-mode", version);
        return new Profile(
                version,
                devMode.contains("refresh-each-minute") ? Duration.ofSeconds(60) : POLL_PERIOD,
                devMode.contains("row-not-updated") ? ContainerIdSource.ASSESSMENT_ENTRY : ContainerIdSource.PLAN_ROW,
                facts.of("listener", version).stream()
                        .map(name -> ListenerGeneration.valueOf(name.toUpperCase(Locale.ROOT)))
                        .collect(Collectors.toSet()),
                facts.of("can", version).stream().map(Capability::named).collect(Collectors.toSet()),
                facts.of("exports", version));
    }

    public Duration pollPeriod(boolean devMode) {
        return devMode ? devModePollPeriod : POLL_PERIOD;
    }

    public boolean has(Capability capability) {
        return capabilities.contains(capability);
    }
}
