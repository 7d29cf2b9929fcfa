package org.migrationharness.standin.content;

import java.util.List;
import java.util.Map;

/** What a site's description says of its server; a case's app brings it. Absent members are null. */
record SiteDescription(List<SpaceEntry> spaces, List<UserEntry> users, List<GroupEntry> groups) {
    static final SiteDescription NOTHING = new SiteDescription(List.of(), List.of(), List.of());

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
