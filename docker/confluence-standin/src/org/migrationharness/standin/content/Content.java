package org.migrationharness.standin.content;

import java.util.List;

/**
 * A page or a blog post.
 *
 * @param id its id
 * @param type {@code page} or {@code blogpost}
 * @param status {@code current} or {@code trashed}
 * @param spaceKey the key of its space
 * @param parentId the id of its parent page, or null
 * @param creator the name of the user who made it
 * @param createdAt epoch milliseconds
 * @param versions its versions, oldest first; there is one at least
 */
public record Content(
        String id, String type, String status, String spaceKey, String parentId, String creator, long createdAt,
        List<Version> versions) {
    public static final String PAGE = "page";
    public static final String BLOG_POST = "blogpost";
    static final String CURRENT = "current";
    static final String TRASHED = "trashed";

    /**
     * A version of a page.
     *
     * @param number counted from 1
     * @param title the title
     * @param body the body in the storage format
     * @param by the name of its author
     * @param when epoch milliseconds
     */
    public record Version(
            int number, String title, String body, String by, long when, String message, boolean minorEdit) {
    }

    public Version version() {
        return versions.get(versions.size() - 1);
    }

    public String title() {
        return version().title();
    }

    public String body() {
        return version().body();
    }

    boolean isCurrent() {
        return status.equals(CURRENT);
    }

    /** The content as it was in one of its versions. */
    Content at(Version version) {
        return new Content(id, type, status, spaceKey, parentId, creator, createdAt,
                versions.subList(0, versions.indexOf(version) + 1));
    }

    Content with(String newStatus, String newParentId) {
        return new Content(id, type, newStatus, spaceKey, newParentId, creator, createdAt, versions);
    }

    Content with(Version next) {
        List<Version> all = new java.util.ArrayList<>(versions);
        all.add(next);
        return new Content(id, type, status, spaceKey, parentId, creator, createdAt, List.copyOf(all));
    }
}
