package org.migrationharness.standin.host;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/** Makes objects of the host's types for one plugin, and remembers what is known of each. */
final class HostObjects {
    private final ClassLoader loader;
    private final Set<String> madeUp;
    private final InvocationHandler handler;
    private final Map<Object, Map<String, Object>> members = Collections.synchronizedMap(new WeakHashMap<>());

    /**
     * @param loader the plugin's class loader
     * @param madeUp the classes that were made up, dotted
     * @param handler answers the calls of interfaces
     */
    HostObjects(ClassLoader loader, Set<String> madeUp, InvocationHandler handler) {
        this.loader = loader;
        this.madeUp = madeUp;
        this.handler = handler;
    }

    Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, false, loader);
    }

    boolean isMadeUp(Class<?> type) {
        return madeUp.contains(type.getName());
    }

    /** An object of a type of the host; null where it is a class that cannot be made. */
    Object make(Class<?> type) {
        if (type.isInterface()) {
            ClassLoader own = type.getClassLoader() == null ? loader : type.getClassLoader();
            return Proxy.newProxyInstance(own, new Class<?>[] {type}, handler);
        }
        if (type.isEnum()) {
            Object[] constants = type.getEnumConstants();
            return constants.length == 0 ? null : constants[0];
        }
        if (!isMadeUp(type)) {
            return null;
        }
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** An object of which some members are known: what its getters answer. */
    Object describe(Class<?> type, Map<String, Object> known) {
        Object made = make(type);
        if (made != null) {
            members.put(made, known);
        }
        return made;
    }

    Map<String, Object> members(Object object) {
        return object == null ? Map.of() : members.getOrDefault(object, Map.of());
    }
}
