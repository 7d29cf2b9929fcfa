package org.migrationharness.standin.ccma.profile;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.migrationharness.standin.ccma.listeners.ListenerGeneration;

/**
 * What differs between the CCMA versions that are modelled.
 *
 * @param version the CCMA version
 * @param devModePollPeriod how often rows are refreshed in dev mode (server time); 60 s is documented for
 *     later versions only
 * @param containerIdSource which containerId a transfer is registered under
 * @param generations the generations of listeners that are looked up; the discoverable one came in November
 *     2021
 * @param capabilities what this version can do
 * @param exports the packages that it exports to apps. Atlassian's documentation says that the assistants export
 *     the library's classes; on 3.13.8 only the flat package was seen. Of the other versions no list is published,
 *     so theirs are all that apps of their time are documented to import
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

    private static final String LIBRARY = "com.atlassian.migration.app";

    public static final Profile WITH_DEV_MODE_BUG = new Profile(
            "3.1.7",
            POLL_PERIOD,
            ContainerIdSource.ASSESSMENT_ENTRY,
            Set.of(ListenerGeneration.OSGI, ListenerGeneration.TRACKER),
            Set.of(),
            List.of(LIBRARY, LIBRARY + ".gateway", LIBRARY + ".tracker", LIBRARY + ".listener"));

    public static final Profile FIXED = new Profile(
            "3.9.6",
            Duration.ofSeconds(60),
            ContainerIdSource.PLAN_ROW,
            Set.of(ListenerGeneration.values()),
            EnumSet.complementOf(EnumSet.of(Capability.LISTENER_BY_CLOUD_TYPE)),
            List.of(LIBRARY, LIBRARY + ".gateway", LIBRARY + ".tracker", LIBRARY + ".listener",
                    LIBRARY + ".check", LIBRARY + ".confluence"));

    /** Seen in the field in 2026: an app that imports the library's other packages does not find them. */
    public static final Profile FLAT_PACKAGE = new Profile(
            "3.13.8",
            Duration.ofSeconds(60),
            ContainerIdSource.PLAN_ROW,
            Set.of(ListenerGeneration.values()),
            EnumSet.allOf(Capability.class),
            List.of(LIBRARY));

    private static final List<Profile> ALL = List.of(WITH_DEV_MODE_BUG, FIXED, FLAT_PACKAGE);

    /**
     * @throws IllegalArgumentException when the version is not modelled
     */
    public static Profile named(String version) {
        return ALL.stream()
                .filter(profile -> profile.version().equals(version))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("CCMA_VERSION=" + version
                        + " is not modelled: choose "
                        + String.join(" or ", ALL.stream().map(Profile::version).toList())));
    }

    public Duration pollPeriod(boolean devMode) {
        return devMode ? devModePollPeriod : POLL_PERIOD;
    }

    public boolean has(Capability capability) {
        return capabilities.contains(capability);
    }
}
