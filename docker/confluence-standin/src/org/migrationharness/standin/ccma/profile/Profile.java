package org.migrationharness.standin.ccma.profile;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.migrationharness.standin.ccma.listeners.ListenerGeneration;

/**
 * What differs between the CCMA versions that are modelled: data, and the few branches that ask it.
 *
 * @param version the CCMA version
 * @param devModePollPeriod how often rows are refreshed while dev mode is on (server time); 60 s is
 *     documented for later versions only
 * @param containerIdSource which containerId a transfer is registered under; see {@link ContainerIdSource}
 * @param testingRest whether the progress and trigger resources exist (progress since 3.9.6, trigger since
 *     3.4.8)
 * @param reportsListenerErrors whether an exception in a listener reaches the cloud (since 3.3.7)
 * @param progressLogs whether plans have a View logs link (since 3.4.11)
 * @param generations the listener interfaces that are looked up; the discoverable one came in November 2021
 */
public record Profile(
        String version,
        Duration devModePollPeriod,
        ContainerIdSource containerIdSource,
        boolean testingRest,
        boolean reportsListenerErrors,
        boolean progressLogs,
        Set<ListenerGeneration> generations) {

    /** How often rows are refreshed outside dev mode (server time); stated in the seed. */
    public static final Duration POLL_PERIOD = Duration.ofMinutes(10);

    public static final Profile WITH_DEV_MODE_BUG = new Profile(
            "3.1.7",
            POLL_PERIOD,
            ContainerIdSource.ASSESSMENT_ENTRY,
            false,
            false,
            false,
            Set.of(ListenerGeneration.OSGI, ListenerGeneration.TRACKER));

    public static final Profile FIXED = new Profile(
            "3.9.6",
            Duration.ofSeconds(60),
            ContainerIdSource.PLAN_ROW,
            true,
            true,
            true,
            Set.of(ListenerGeneration.OSGI, ListenerGeneration.TRACKER, ListenerGeneration.DISCOVERABLE));

    private static final List<Profile> ALL = List.of(WITH_DEV_MODE_BUG, FIXED);

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
}
