package org.migrationharness.standin.ccma.apps;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.migrationharness.standin.store.JsonFile;

/**
 * The app assessment: for each app the admin's decision, the consent to its migration, and the container that
 * it migrates in.
 */
public final class Assessment {
    private final JsonFile<Map<String, AssessmentEntry>> file;
    private final boolean presumed;
    private Map<String, AssessmentEntry> entries;

    /**
     * @param state the folder that keeps the assessment
     * @param presumed whether an app without a decision counts as needed in cloud and consented to, as the
     *     seed's reporter had answered, so that a test need not go through the pages each time
     */
    public Assessment(Path state, boolean presumed) {
        this.presumed = presumed;
        file = new JsonFile<>(state.resolve("app-assessment.json"), new TypeToken<>() { });
        entries = new TreeMap<>(file.load(Map.of()));
    }

    /** Those of {@code apps} that are needed in cloud. */
    public List<InstalledApp> needed(List<InstalledApp> apps) {
        return apps.stream().filter(app -> decision(app.serverAppKey()) == Decision.NEEDED).toList();
    }

    /** How many of {@code apps} have no decision yet. */
    public int undecided(List<InstalledApp> apps) {
        return (int) apps.stream().filter(app -> decision(app.serverAppKey()) == Decision.NONE).count();
    }

    public Decision decision(String serverAppKey) {
        Decision made = entry(serverAppKey).decision();
        return made == Decision.NONE && presumed ? Decision.NEEDED : made;
    }

    public boolean hasConsent(String serverAppKey) {
        Boolean consent = entry(serverAppKey).consent();
        return consent == null ? presumed : consent;
    }

    public void setDecision(String serverAppKey, Decision decision) {
        change(serverAppKey,
                entry -> new AssessmentEntry(entry.containerId(), serverAppKey, decision, entry.consent()));
    }

    public void setConsent(String serverAppKey, boolean consent) {
        change(serverAppKey,
                entry -> new AssessmentEntry(entry.containerId(), serverAppKey, entry.decision(), consent));
    }

    /** The containerId of an app's entry; the entry is created, undecided, when there is none. */
    public String containerId(String serverAppKey) {
        return entry(serverAppKey).containerId();
    }

    private synchronized AssessmentEntry entry(String serverAppKey) {
        AssessmentEntry known = entries.get(serverAppKey);
        return known == null ? change(serverAppKey, entry -> entry) : known;
    }

    private synchronized AssessmentEntry change(String key, UnaryOperator<AssessmentEntry> change) {
        AssessmentEntry before = entries.getOrDefault(
                key, new AssessmentEntry(UUID.randomUUID().toString(), key, Decision.NONE, null));
        AssessmentEntry after = change.apply(before);
        if (!after.equals(entries.get(key))) {
            Map<String, AssessmentEntry> next = new TreeMap<>(entries);
            next.put(key, after);
            file.save(next);
            entries = next;
        }
        return after;
    }

    /**
     * The entry of one app.
     *
     * @param containerId created with the entry; the rows that plans make from it belong to this container
     * @param serverAppKey the app
     * @param decision what the admin decided
     * @param consent whether the admin consented to the app's migration; null before they were asked
     */
    private record AssessmentEntry(
            String containerId, String serverAppKey, Decision decision, Boolean consent) {
    }
}
