package org.migrationharness.standin.host;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Turns a value that a case states into the type that the caller is promised. An object with members stands for
 * one of the host's type: its getters answer with them. In a list, whose element type nobody knows at run time, it
 * names its type in the member {@code type}.
 */
final class StatedValues {
    private static final Gson GSON = new Gson();
    private static final String TYPE = "type";

    private final HostObjects objects;
    private final Predicate<Class<?>> isHostType;

    StatedValues(HostObjects objects, Predicate<Class<?>> isHostType) {
        this.objects = objects;
        this.isHostType = isHostType;
    }

    /**
     * @throws UnsupportedOperationException when the value is not of that type; the words tell it from a fault of
     *     the app
     */
    Object as(JsonElement stated, Class<?> type) {
        if (type == void.class || stated.isJsonNull()) {
            return EmptyValues.of(type == void.class || !type.isPrimitive() ? Object.class : type);
        }
        try {
            return converted(stated, type);
        } catch (RuntimeException | ClassNotFoundException e) {
            throw new UnsupportedOperationException("the stand-in does not have a " + type.getName()
                    + " for the value " + stated + " that `host:` states", e);
        }
    }

    private Object converted(JsonElement stated, Class<?> type) throws ClassNotFoundException {
        if (type == Optional.class) {
            return Optional.of(item(stated));
        }
        if (stated instanceof JsonArray array && (Collection.class.isAssignableFrom(type) || type == Iterable.class)) {
            Collection<Object> items = Set.class.isAssignableFrom(type) ? new LinkedHashSet<>() : new ArrayList<>();
            for (JsonElement each : array) {
                items.add(item(each));
            }
            return items;
        }
        if (stated instanceof JsonArray array && type.isArray()) {
            Object items = Array.newInstance(type.getComponentType(), array.size());
            for (int i = 0; i < array.size(); i++) {
                Array.set(items, i, as(array.get(i), type.getComponentType()));
            }
            return items;
        }
        if (stated instanceof JsonObject members && (members.has(TYPE) || isHostType.test(type))) {
            return described(members, type);
        }
        return GSON.fromJson(stated, type);
    }

    private Object item(JsonElement stated) throws ClassNotFoundException {
        return stated instanceof JsonObject members && members.has(TYPE)
                ? described(members, Object.class)
                : GSON.fromJson(stated, Object.class);
    }

    private Object described(JsonObject members, Class<?> promised) throws ClassNotFoundException {
        Class<?> type = members.has(TYPE) ? objects.type(members.get(TYPE).getAsString()) : promised;
        Map<String, Object> known = new LinkedHashMap<>(members.asMap());
        Object made = objects.describe(type, known);
        if (made == null) {
            throw new IllegalArgumentException(type.getName() + " cannot be made");
        }
        return made;
    }
}
