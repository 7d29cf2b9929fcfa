package org.migrationharness.standin.ccma.plans;

import com.google.gson.reflect.TypeToken;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.migrationharness.standin.store.JsonFile;

/** The email domains of this server's users, and which of them an admin has said to trust. */
public final class EmailDomains {
    /** The rule of a domain whose users may be migrated (Atlassian's support page on trusting domains). */
    public static final String TRUSTED = "TRUSTED";

    private final Supplier<List<String>> emails;
    private final JsonFile<Map<String, String>> file;
    private final Map<String, String> rules;

    /**
     * @param state the folder that keeps the rules
     * @param emails the email addresses of this server's users
     */
    public EmailDomains(Path state, Supplier<List<String>> emails) {
        this.emails = emails;
        file = new JsonFile<>(state.resolve("email-domains.json"), new TypeToken<>() { });
        rules = new TreeMap<>(file.load(Map.of()));
    }

    /**
     * A domain of this server's users.
     *
     * @param rule what was decided about it, or null
     */
    public record Domain(String domainName, int userCount, String rule) {
        public boolean isTrusted() {
            return TRUSTED.equals(rule);
        }
    }

    public synchronized List<Domain> all() {
        Map<String, Integer> counts = new TreeMap<>();
        for (String email : emails.get()) {
            counts.merge(email.substring(email.indexOf('@') + 1), 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(each -> new Domain(each.getKey(), each.getValue(), rules.get(each.getKey())))
                .toList();
    }

    /** Domains that an admin has decided about, and not to trust: their users cannot be migrated. */
    public List<String> refused() {
        return all().stream()
                .filter(domain -> domain.rule() != null && !domain.isTrusted())
                .map(Domain::domainName)
                .toList();
    }

    public synchronized void decide(String domainName, String rule) {
        rules.put(domainName, rule);
        file.save(rules);
    }
}
