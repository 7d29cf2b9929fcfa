package org.migrationharness.standin.setup;

import java.util.Map;
import java.util.Set;

/**
 * The image's variables that answer pages of the wizard in advance.
 *
 * @param license ATL_LICENSE_KEY, or empty
 * @param database the configuration from the four database variables; empty unless all four are set
 */
public record SetupVariables(String license, Map<String, String> database) {
    private static final Set<String> TYPES = Set.of("mssql", "mysql", "oracle12c", "oracle", "postgresql");

    /**
     * @throws IllegalArgumentException when the image does not know ATL_DB_TYPE
     */
    public static SetupVariables from(Map<String, String> env) {
        String type = value(env, "ATL_DB_TYPE");
        if (!type.isEmpty() && !TYPES.contains(type)) {
            throw new IllegalArgumentException(
                    "ATL_DB_TYPE=" + type + " must be one of " + String.join(", ", TYPES));
        }
        String url = value(env, "ATL_JDBC_URL");
        String user = value(env, "ATL_JDBC_USER");
        String password = value(env, "ATL_JDBC_PASSWORD");
        boolean all = !type.isEmpty() && !url.isEmpty() && !user.isEmpty() && !password.isEmpty();
        return new SetupVariables(
                value(env, "ATL_LICENSE_KEY"), all ? properties(type, url, user, password) : Map.of());
    }

    /** The properties in confluence.cfg.xml that describe a database. */
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

    /** Without the values, which a record would print: they are secrets. */
    @Override
    public String toString() {
        return "SetupVariables[license=" + !license.isEmpty() + ", database=" + !database.isEmpty() + "]";
    }
}
