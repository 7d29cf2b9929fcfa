package org.migrationharness.standin.content;

/**
 * A space.
 *
 * @param id its id
 * @param key its key
 * @param name its name
 * @param description its description in plain text
 * @param homepageId the id of its home page, or null
 * @param creator the name of the user who made it
 * @param createdAt epoch milliseconds
 */
public record Space(
        String id, String key, String name, String description, String homepageId, String creator, long createdAt) {
    Space with(String newName, String newDescription, String newHomepageId) {
        return new Space(id, key, newName, newDescription, newHomepageId, creator, createdAt);
    }
}
