package org.migrationharness.standin.host;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.Map;

/**
 * What a case states about the host, beside what the server knows of itself.
 *
 * @param users the site's users, each with its members by name
 * @param spaces the site's spaces, likewise
 * @param answers values by {@code package.Type.method}, which win over everything
 */
public record HostFacts(
        List<Map<String, String>> users, List<Map<String, String>> spaces, Map<String, JsonElement> answers) {
    public static final HostFacts NONE = new HostFacts(List.of(), List.of(), Map.of());

    /** Gson leaves absent members null. */
    public HostFacts complete() {
        return new HostFacts(users == null ? List.of() : users, spaces == null ? List.of() : spaces,
                answers == null ? Map.of() : answers);
    }
}
