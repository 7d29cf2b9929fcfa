package org.migrationharness.standin.host;

import com.google.gson.Gson;
import com.google.gson.JsonElement;

/** Turns a value that a case states into the type that the caller is promised. */
final class StatedValues {
    private static final Gson GSON = new Gson();

    private StatedValues() {
    }

    /**
     * @throws IllegalStateException when the value is not of that type
     */
    static Object as(JsonElement stated, Class<?> type) {
        if (type == void.class || stated.isJsonNull()) {
            return EmptyValues.of(type == void.class || !type.isPrimitive() ? Object.class : type);
        }
        try {
            if (type == java.util.Optional.class) {
                return java.util.Optional.of(GSON.fromJson(stated, Object.class));
            }
            return GSON.fromJson(stated, type == Iterable.class ? java.util.List.class : type);
        } catch (RuntimeException e) {
            throw new IllegalStateException("host: the stated value " + stated + " is not a " + type.getName(), e);
        }
    }
}
