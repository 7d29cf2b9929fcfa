package org.migrationharness.standin.host;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.lang.StackWalker.StackFrame;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.migrationharness.standin.classfile.Descriptor;

/** Answers what one plugin asks of the host: stated values first, then what is known, then empty ones. */
public final class HostAnswers implements InvocationHandler, Function<Object[], Object> {
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final Host host;
    private final String plugin;
    private final HostObjects objects;
    private final KnownHost known;
    private final StatedValues values;
    private final ClassLoader loader;
    private final Predicate<String> own;

    /**
     * @param host what is known of the server
     * @param plugin the plugin's key
     * @param loader its class loader
     * @param madeUp the classes that were made up for it, dotted
     * @param own tells whether a class, dotted, is the plugin's own
     * @param container answers for the plugin's own container
     */
    public HostAnswers(
            Host host,
            String plugin,
            ClassLoader loader,
            Set<String> madeUp,
            Predicate<String> own,
            ContainerAnswers container) {
        this.own = own;
        this.host = host;
        this.plugin = plugin;
        this.loader = loader;
        objects = new HostObjects(loader, madeUp, this);
        known = new KnownHost(host, plugin, objects, container);
        values = new StatedValues(objects, this::isHostType);
    }

    /** What the plugin's own container answers, since the host knows nothing of it. */
    public interface ContainerAnswers {
        /** A value, or empty where the container does not know the question. */
        Optional<Answer> answer(String type, String method, Object[] arguments);
    }

    /** A value that may be null. */
    public record Answer(Object value) {
    }

    /** A service of the host: an object that answers its interface. */
    public Object service(Class<?> type) {
        return objects.make(type);
    }

    /** Whether a type was made up, or is the host's by its package. */
    public boolean isHostType(Class<?> type) {
        return objects.isMadeUp(type)
                || HostPackages.contains(type.getPackageName()) && !own.test(type.getName());
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> text(proxy);
            };
        }
        return answer(proxy, method.getDeclaringClass().getName(), method.getName(), method.getReturnType(),
                arguments == null ? new Object[0] : arguments);
    }

    private String text(Object proxy) {
        return proxy.getClass().getInterfaces()[0].getSimpleName() + objects.members(proxy);
    }

    /** A call that a made-up class passes on: {self, owner, name, descriptor, arguments}. */
    @Override
    public Object apply(Object[] call) {
        String descriptor = (String) call[3];
        try {
            Class<?> result = type(new Descriptor(descriptor).result());
            if ("values".equals(call[2]) && result.isArray() && result.getComponentType().isEnum()) {
                return result.getComponentType().getEnumConstants();
            }
            return answer(call[0], (String) call[1], (String) call[2], result, (Object[]) call[4]);
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    private Class<?> type(String descriptor) throws ClassNotFoundException {
        return switch (descriptor.charAt(0)) {
            case 'V' -> void.class;
            case 'Z' -> boolean.class;
            case 'B' -> byte.class;
            case 'C' -> char.class;
            case 'S' -> short.class;
            case 'I' -> int.class;
            case 'J' -> long.class;
            case 'F' -> float.class;
            case 'D' -> double.class;
            case 'L' -> Class.forName(descriptor.substring(1, descriptor.length() - 1).replace('/', '.'), false, loader);
            default -> Class.forName(descriptor.replace('/', '.'), false, loader);
        };
    }

    private Object answer(Object self, String type, String name, Class<?> result, Object[] arguments) {
        var stated = host.facts().answers().get(type + "." + name);
        if (stated != null) {
            host.journal().add(plugin, type, name, caller(), true);
            return values.as(stated, result);
        }
        Optional<Answer> answer = known.answer(self, type, name, result, arguments);
        if (answer.isPresent() && fits(answer.get().value(), result)) {
            if (!known.isQuiet(type)) {
                host.journal().add(plugin, type, name, caller(), true);
            }
            return answer.get().value();
        }
        Map<String, Object> members = objects.members(self);
        String property = property(name);
        if (members.containsKey(property)) {
            Object member = members.get(property);
            if (member instanceof JsonElement json) {
                return values.as(json, result);
            }
            if (member instanceof String text && result.isPrimitive() && result != void.class) {
                // A description's members are texts, an id's too.
                return text.matches("-?\\d{1,18}|true|false")
                        ? values.as(new JsonPrimitive(text), result) : EmptyValues.of(result);
            }
            if (fits(member, result)) {
                return member;
            }
        }
        Object value = empty(self, promised(result, arguments));
        // The container's own types answer with objects that work; a method without a result promises nothing.
        boolean answered = result == void.class || value != null && isOfContainer(type);
        host.journal().add(plugin, type, name, caller(), answered);
        return value;
    }

    /** The type of a result that a class among the arguments narrows, as in {@code T[] find(Class<T> type)}. */
    private static Class<?> promised(Class<?> result, Object[] arguments) {
        for (Object argument : arguments == null ? new Object[0] : arguments) {
            if (argument instanceof Class<?> type && !type.isPrimitive()) {
                if (result.isArray() && result.getComponentType().isAssignableFrom(type)) {
                    return type.arrayType();
                }
                if (result.isAssignableFrom(type) && result != Object.class) {
                    return type;
                }
            }
        }
        return result;
    }

    private static boolean isOfContainer(String type) {
        return type.startsWith("org.springframework.") || type.startsWith("com.atlassian.plugins.osgi.javaconfig.");
    }

    private static boolean fits(Object value, Class<?> result) {
        return value == null || result == void.class || result.isPrimitive() || result.isInstance(value);
    }

    private Object empty(Object self, Class<?> result) {
        Object value = EmptyValues.of(result);
        if (value != null || result == void.class) {
            return value;
        }
        if (self != null && result.isInstance(self) && !result.equals(Object.class)) {
            return self; // A builder's methods return the builder.
        }
        boolean isHost = isHostType(result) && !Modifier.isFinal(result.getModifiers())
                || result.isInterface() && Arrays.stream(result.getInterfaces()).anyMatch(this::isHostType);
        return isHost ? objects.make(result) : null;
    }

    private static String property(String method) {
        int from = method.startsWith("get") ? 3 : method.startsWith("is") ? 2 : 0;
        return from == 0 || method.length() == from
                ? method
                : Character.toLowerCase(method.charAt(from)) + method.substring(from + 1);
    }

    /** The plugin's frame that called: the first one above ours and the JDK's. */
    private String caller() {
        return STACK.walk(frames -> frames
                .filter(frame -> isPlugins(frame.getDeclaringClass()))
                .findFirst()
                .map(HostAnswers::text)
                .orElse(null));
    }

    private boolean isPlugins(Class<?> type) {
        return type.getClassLoader() == loader && !Proxy.isProxyClass(type) && own.test(type.getName());
    }

    private static String text(StackFrame frame) {
        return frame.getClassName() + "." + frame.getMethodName();
    }
}
