package org.migrationharness.standin.ccma.listeners;

import com.atlassian.migration.app.ConfluenceSpaceContainerV1;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;

/**
 * Calls between two copies of the migration library. An app that embeds the library has its own classes of the
 * same names, so the objects of one side are not instances of the other's interfaces: they are wrapped in
 * proxies, and enum constants are translated by name.
 */
final class ClassSpaces {
    private static final String LIBRARY = "com.atlassian.migration.app.";

    private ClassSpaces() {
    }

    /** Wraps {@code target} as {@code type}, the interface of the same name in another copy. */
    static Object as(Class<?> type, Object target) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> method.getDeclaringClass() == Object.class
                        ? onObject(target, method, arguments)
                        : call(target, method, arguments));
    }

    /** Whether an object has an interface of this name, from whichever copy of the library. */
    static boolean implementsNamed(String name, Object target) {
        for (Class<?> ancestor = target.getClass(); ancestor != null; ancestor = ancestor.getSuperclass()) {
            if (Arrays.stream(ancestor.getInterfaces()).anyMatch(face -> isOrExtends(name, face))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOrExtends(String name, Class<?> face) {
        return face.getName().equals(name)
                || Arrays.stream(face.getInterfaces()).anyMatch(parent -> isOrExtends(name, parent));
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
        Method counterpart = counterpart(target.getClass(), method.getName(), method.getParameterTypes());
        Object[] translated = new Object[count];
        for (int i = 0; i < count; i++) {
            translated[i] = translate(arguments[i], counterpart.getParameterTypes()[i],
                    counterpart.getDeclaringClass().getClassLoader());
        }
        try {
            return translate(counterpart.invoke(target, translated), method.getReturnType(),
                    method.getDeclaringClass().getClassLoader());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** The public interface method with the same name and parameter types of the same names. */
    private static Method counterpart(Class<?> type, String name, Class<?>[] parameters) {
        List<String> typeNames = names(parameters);
        for (Class<?> ancestor = type; ancestor != null; ancestor = ancestor.getSuperclass()) {
            for (Class<?> face : ancestor.getInterfaces()) {
                for (Method method : face.getMethods()) {
                    if (method.getName().equals(name) && names(method.getParameterTypes()).equals(typeNames)) {
                        return method;
                    }
                }
            }
        }
        if (type.getName().startsWith("org.migrationharness.")) {
            throw new UnsupportedOperationException(
                    "the stand-in does not have the library's method " + name + typeNames);
        }
        throw new AbstractMethodError(type.getName() + " does not implement the library's method " + name);
    }

    private static List<String> names(Class<?>[] types) {
        return Arrays.stream(types).map(Class::getName).toList();
    }

    private static Object translate(Object value, Class<?> type, ClassLoader other) {
        if (value == null || type.isPrimitive()) {
            return value;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(item -> translateItem(item, other)).toList();
        }
        if (type.isInstance(value) || !type.getName().startsWith(LIBRARY)) {
            return value;
        }
        if (type.isEnum()) {
            return constant(type, value.toString());
        }
        return type.isInterface() ? as(type, value) : copy(type, value);
    }

    /** An object of a class of the other copy: made with its constructor, and each value set that both have. */
    private static Object copy(Class<?> type, Object value) {
        try {
            for (Constructor<?> constructor : type.getConstructors()) {
                if (constructor.getParameterCount() == 0) {
                    return filled(constructor.newInstance(), value);
                }
                if (value instanceof ConfluenceSpaceContainerV1 space && constructor.getParameterCount() == 2) {
                    return constructor.newInstance(space.getSourceId(), space.getKey());
                }
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new IllegalStateException("the app's copy of the library has another " + type.getName(), e);
        }
        throw new IllegalStateException("the app's copy of the library has another " + type.getName());
    }

    private static Object filled(Object made, Object value) throws ReflectiveOperationException {
        for (Class<?> at = made.getClass(); at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                String getter = "get" + Character.toUpperCase(field.getName().charAt(0)) + field.getName().substring(1);
                for (Method method : value.getClass().getMethods()) {
                    if (method.getName().equals(getter) && method.getParameterCount() == 0) {
                        field.setAccessible(true);
                        field.set(made, method.invoke(value));
                    }
                }
            }
        }
        return made;
    }

    /** A list does not know its item type, so an item is wrapped as the library interface that it implements. */
    private static Object translateItem(Object item, ClassLoader other) {
        if (item.getClass().getName().startsWith(LIBRARY) && item.getClass().getClassLoader() != other) {
            return inOther(item.getClass().getName(), item, other);
        }
        for (Class<?> face : item.getClass().getInterfaces()) {
            if (face.getName().startsWith(LIBRARY) && face.getClassLoader() != other) {
                return inOther(face.getName(), item, other);
            }
        }
        return item;
    }

    private static Object inOther(String name, Object item, ClassLoader other) {
        try {
            Class<?> type = Class.forName(name, false, other);
            return type.isInterface() ? as(type, item) : copy(type, item);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the app's copy of the library has no " + name, e);
        }
    }

    private static Object constant(Class<?> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(one -> one.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(type.getName() + " has no " + name));
    }
}
