package org.migrationharness.standin.setup;

import java.util.Map;
import java.util.Set;

/**
 * The image's variables that answer pages of the wizard beforehand.
 *
 * @param license ATL_LICENSE_KEY, or empty
 * @param database what the four database variables say, or empty unless all four are there
 */
public record SetupVariables(String license, Map<String, String> database) {
    private static final Set<String> TYPES = Set.of("mssql", "mysql", "oracle12c", "oracle", "postgresql");

    /**
     * @throws IllegalArgumentException when ATL_DB_TYPE is none that the image knows
     */
    public static SetupVariables from(Map<String, String> env) {
        String type = value(env, "ATL_DB_TYPE");
        if (!type.isEmpty() && !TYPES.contains(type)) {
            throw new IllegalArgumentException("ATL_DB_TYPE=" + type + " is none of " + String.join(", ", TYPES));
        }
        String url = value(env, "ATL_JDBC_URL");
        String user = value(env, "ATL_JDBC_USER");
        String password = value(env, "ATL_JDBC_PASSWORD");
        boolean all = !type.isEmpty() && !url.isEmpty() && !user.isEmpty() && !password.isEmpty();
        return new SetupVariables(
                value(env, "ATL_LICENSE_KEY"), all ? properties(type, url, user, password) : Map.of());
    }

    /** The entries of confluence.cfg.xml that stand for a database. */
    static Map<String, String> properties(String type, String url, String user, String password) {
        return Map.of(
                "confluence.database.choice", type,
                "confluence.database.connection.type", "database-type-standard",
                "hibernate.connection.url", url,
                "hibernate.connection.username", user,
                "hibernate.connection.password", password);
    }

    private static String value(Map<String, String> env, String name) {
        String value = env.get(name);
        return value == null ? "" : value.strip();
    }

    /** Without the values: a record prints its members, and these are secrets. */
    @Override
    public String toString() {
        return "SetupVariables[license=" + !license.isEmpty() + ", database=" + !database.isEmpty() + "]";
    }
}
