package org.migrationharness.standin.host;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** The empty value of a type of the JDK: it is of the right type, and says nothing. */
final class EmptyValues {
    private static final Map<Class<?>, Object> PRIMITIVES = Map.of(
            boolean.class, false, byte.class, (byte) 0, short.class, (short) 0, char.class, (char) 0,
            int.class, 0, long.class, 0L, float.class, 0f, double.class, 0d);
    private static final Map<Class<?>, Class<?>> BOXED = Map.of(
            Boolean.class, boolean.class, Byte.class, byte.class, Short.class, short.class,
            Character.class, char.class, Integer.class, int.class, Long.class, long.class,
            Float.class, float.class, Double.class, double.class);

    private EmptyValues() {
    }

    /** The empty value; null where there is none of that type. */
    static Object of(Class<?> type) {
        if (type.isPrimitive()) {
            return PRIMITIVES.get(type);
        }
        if (BOXED.containsKey(type)) {
            return PRIMITIVES.get(BOXED.get(type));
        }
        if (type == String.class || type == CharSequence.class) {
            return "";
        }
        if (type.isArray()) {
            return java.lang.reflect.Array.newInstance(type.getComponentType(), 0);
        }
        if (type == List.class || type == Collection.class || type == Iterable.class) {
            return List.of();
        }
        if (type == Set.class) {
            return Set.of();
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == SortedSet.class) {
            return new TreeSet<>();
        }
        if (type == SortedMap.class) {
            return new TreeMap<>();
        }
        return empty(type);
    }

    private static Object empty(Class<?> type) {
        if (type == Iterator.class) {
            return Collections.emptyIterator();
        }
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type == OptionalInt.class) {
            return OptionalInt.empty();
        }
        if (type == OptionalLong.class) {
            return OptionalLong.empty();
        }
        if (type == Stream.class) {
            return Stream.empty();
        }
        if (type == Future.class || type == CompletableFuture.class) {
            return CompletableFuture.completedFuture(null);
        }
        return null;
    }
}
