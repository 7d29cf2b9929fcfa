package org.migrationharness.standin.host;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.migrationharness.standin.classfile.ClassFile;
import org.migrationharness.standin.host.HostAnswers.Answer;

/** The event publisher: what a plugin publishes reaches the listeners that it registered. */
final class PluginEvents {
    private final List<Object> listeners = new CopyOnWriteArrayList<>();

    Optional<Answer> call(String method, Object[] arguments) {
        if (arguments.length != 1) {
            return Optional.empty();
        }
        switch (method) {
            case "register", "registerListener" -> listeners.add(arguments[0]);
            case "unregister", "unregisterListener" -> listeners.remove(arguments[0]);
            case "publish", "publishEvent", "broadcast" -> publish(arguments[0]);
            default -> {
                return Optional.empty();
            }
        }
        return Optional.of(new Answer(null));
    }

    private void publish(Object event) {
        for (Object listener : listeners) {
            Set<String> annotated = annotated(listener.getClass());
            for (Method method : listener.getClass().getDeclaredMethods()) {
                if (annotated.contains(method.getName()) && method.getParameterCount() == 1
                        && method.getParameterTypes()[0].isInstance(event)) {
                    Callbacks.call(listener, method, event);
                }
            }
        }
    }

    /** Read from the class file, since the annotation's type may not be there. */
    private static Set<String> annotated(Class<?> type) {
        String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream in = type.getResourceAsStream(file)) {
            return in == null ? Set.of() : new ClassFile(in.readAllBytes()).methods().stream()
                    .filter(method -> method.annotations().stream()
                            .anyMatch(one -> one.simpleName().endsWith("EventListener")))
                    .map(method -> method.name())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            return Set.of();
        }
    }
}
