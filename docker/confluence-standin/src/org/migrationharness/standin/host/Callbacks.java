package org.migrationharness.standin.host;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** Calls what a plugin handed over to be called. */
final class Callbacks {
    private Callbacks() {
    }

    /** Calls the one method that the object has beyond Object's; what it throws is thrown on. */
    static Object run(Object callback) {
        Method found = null;
        for (Class<?> type = callback.getClass(); type != Object.class && found == null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (!Modifier.isStatic(method.getModifiers()) && Modifier.isPublic(method.getModifiers())
                        && method.getParameterCount() <= 1 && (found == null || found.isBridge())) {
                    found = method;
                }
            }
        }
        if (found == null) {
            throw new IllegalStateException(callback.getClass().getName() + " has no method to call");
        }
        return call(callback, found, new Object[found.getParameterCount()]);
    }

    static Object call(Object target, Method method, Object... arguments) {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            return rethrow(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> Object rethrow(Throwable error) throws T {
        throw (T) error;
    }
}
