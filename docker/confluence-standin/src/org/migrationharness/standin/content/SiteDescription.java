package org.migrationharness.standin.content;

import com.google.gson.Gson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.http.HttpProblem;

/** What a site's description says of its server; a case's app brings it. Absent members are null. */
record SiteDescription(List<SpaceEntry> spaces, List<UserEntry> users, List<GroupEntry> groups) {
    static final SiteDescription NOTHING = new SiteDescription(List.of(), List.of(), List.of());

    /**
     * @throws HttpProblem 400 when a space has no key, a user or group no name, or a group a member who is no user
     */
    void check() {
        all(spaces).forEach(space -> require(space.key(), "a space needs a key"));
        all(users).forEach(user -> require(user.username(), "a user needs a username"));
        List<String> names = all(users).stream().map(UserEntry::username).toList();
        for (GroupEntry group : all(groups)) {
            require(group.name(), "a group needs a name");
            all(group.members()).forEach(member -> require(names.contains(member) ? member : null,
                    "the group " + group.name() + " has a member " + member + ", who is none of the users"));
        }
    }

    private static void require(String value, String why) {
        if (value == null || value.isBlank()) {
            throw new HttpProblem(400, "The site's description: " + why);
        }
    }

    /** Equal for equal descriptions. */
    String digest() {
        try {
            byte[] text = new Gson().toJson(this).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    record SpaceEntry(String id, String key, String name, List<PageEntry> pages) {
    }

    /** @param parent the id of the parent page */
    record PageEntry(String id, String type, String title, String body, String parent) {
    }

    record UserEntry(String key, String username, String fullName, String email, String password) {
    }

    record GroupEntry(String name, List<String> members) {
    }

    static <T> List<T> all(List<T> given) {
        return given == null ? List.of() : given;
    }

    static String or(String given, String usual) {
        return given == null || given.isEmpty() ? usual : given;
    }

    /** Users and spaces as plugins are told of them, by the names that Confluence's classes have. */
    static Map<String, String> fact(Space space) {
        return Map.of("key", space.key(), "name", space.name(), "id", space.id());
    }
}
