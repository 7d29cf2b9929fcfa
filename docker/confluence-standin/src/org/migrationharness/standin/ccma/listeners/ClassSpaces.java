package org.migrationharness.standin.ccma.listeners;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;

/**
 * Calls between two copies of the migration library. An app that embeds the library has classes of its own
 * with the same names, so neither side's objects are instances of the other's interfaces: they are wrapped in
 * proxies, and enums are translated by name.
 */
final class ClassSpaces {
    private static final String LIBRARY = "com.atlassian.migration.app.";

    private ClassSpaces() {
    }

    /** Wraps {@code target} as the interface {@code wanted}, which has the same methods in another copy. */
    static Object as(Class<?> wanted, Object target) {
        return Proxy.newProxyInstance(wanted.getClassLoader(), new Class<?>[] {wanted},
                (proxy, method, arguments) -> method.getDeclaringClass() == Object.class
                        ? onObject(target, method, arguments)
                        : call(target, method, arguments));
    }

    private static Object onObject(Object target, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> Boolean.valueOf(false);
            case "hashCode" -> System.identityHashCode(target);
            default -> "proxy of " + target;
        };
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        int count = arguments == null ? 0 : arguments.length;
        Method twin = twin(target.getClass(), method.getName(), method.getParameterTypes());
        Object[] translated = new Object[count];
        for (int i = 0; i < count; i++) {
            translated[i] = translate(arguments[i], twin.getParameterTypes()[i],
                    twin.getDeclaringClass().getClassLoader());
        }
        try {
            return translate(twin.invoke(target, translated), method.getReturnType(),
                    method.getDeclaringClass().getClassLoader());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** The public interface method of the same name whose parameters have the same names. */
    private static Method twin(Class<?> type, String name, Class<?>[] parameters) {
        List<String> wanted = names(parameters);
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            for (Class<?> face : level.getInterfaces()) {
                for (Method method : face.getMethods()) {
                    if (method.getName().equals(name) && names(method.getParameterTypes()).equals(wanted)) {
                        return method;
                    }
                }
            }
        }
        throw new IllegalStateException(type.getName() + " has no method " + name + " of the library");
    }

    private static List<String> names(Class<?>[] types) {
        return Arrays.stream(types).map(Class::getName).toList();
    }

    private static Object translate(Object value, Class<?> wanted, ClassLoader other) {
        if (value == null || wanted.isPrimitive()) {
            return value;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(item -> translateItem(item, other)).toList();
        }
        if (wanted.isInstance(value) || !wanted.getName().startsWith(LIBRARY)) {
            return value;
        }
        return wanted.isEnum() ? constant(wanted, value.toString()) : as(wanted, value);
    }

    /** A list does not tell what it holds: an item is wrapped as the library interface that it implements. */
    private static Object translateItem(Object item, ClassLoader other) {
        for (Class<?> face : item.getClass().getInterfaces()) {
            if (face.getName().startsWith(LIBRARY) && face.getClassLoader() != other) {
                try {
                    return as(Class.forName(face.getName(), false, other), item);
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException("the app's copy of the library has no " + face.getName(), e);
                }
            }
        }
        return item;
    }

    private static Object constant(Class<?> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(one -> one.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(type.getName() + " has no " + name));
    }
}
