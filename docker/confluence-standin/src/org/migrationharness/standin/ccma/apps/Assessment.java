package org.migrationharness.standin.ccma.apps;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.migrationharness.standin.store.JsonFile;

/**
 * The app assessment: per app the admin's decision, the consent to its migration, and the container that it
 * migrates in.
 */
public final class Assessment {
    private final JsonFile<Map<String, AssessmentEntry>> file;
    private final boolean presumed;
    private Map<String, AssessmentEntry> entries;

    /**
     * @param presumed apps that nobody decided about count as needed in cloud and agreed to, as the seed's
     *     reporter had done, so that a test need not go through the pages each time
     */
    public Assessment(Path state, boolean presumed) {
        this.presumed = presumed;
        file = new JsonFile<>(state.resolve("app-assessment.json"), new TypeToken<>() { });
        entries = new TreeMap<>(file.load(Map.of()));
    }

    public Decision decision(String serverAppKey) {
        Decision made = entry(serverAppKey).decision();
        return made == Decision.NONE && presumed ? Decision.NEEDED : made;
    }

    public boolean isAgreed(String serverAppKey) {
        Boolean answer = entry(serverAppKey).consent();
        return answer == null ? presumed : answer;
    }

    public void decide(String serverAppKey, Decision decision) {
        change(serverAppKey,
                entry -> new AssessmentEntry(entry.containerId(), serverAppKey, decision, entry.consent()));
    }

    public void agree(String serverAppKey, boolean agreed) {
        change(serverAppKey,
                entry -> new AssessmentEntry(entry.containerId(), serverAppKey, entry.decision(), agreed));
    }

    /** The entry of an app; asking for it opens it, undecided. */
    public synchronized AssessmentEntry entry(String serverAppKey) {
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
     * One app's entry.
     *
     * @param containerId made with the entry, and what the plans made from it keep its row by
     * @param serverAppKey the app
     * @param decision the admin's
     * @param consent whether the admin consented to the app's migration; null while nobody was asked
     */
    public record AssessmentEntry(String containerId, String serverAppKey, Decision decision, Boolean consent) {
    }
}
