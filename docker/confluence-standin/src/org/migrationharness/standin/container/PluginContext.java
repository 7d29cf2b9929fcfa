package org.migrationharness.standin.container;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.migrationharness.standin.classfile.AnnotationUse;
import org.migrationharness.standin.classfile.Member;

/** The beans of one plugin: each is made once, when it is first needed. */
final class PluginContext {
    private final Definitions definitions;
    private final ServiceReferences references;
    private final Injection injection;
    private final BeanLifecycle lifecycle;
    private final ClassLoader loader;
    private final Map<String, Object> singletons = new LinkedHashMap<>();
    private final Map<String, Object> early = new HashMap<>();
    private final Set<String> inCreation = new LinkedHashSet<>();
    private final Map<String, Class<?>> types = new HashMap<>();

    PluginContext(Definitions definitions, ServiceReferences references, ClassLoader loader) {
        this.definitions = definitions;
        this.references = references;
        this.loader = loader;
        injection = new Injection(this, references, definitions);
        lifecycle = new BeanLifecycle(references);
    }

    /** Makes all beans that are not lazy. */
    void start() throws ContextException {
        for (BeanDefinition definition : List.copyOf(definitions.beans.values())) {
            if (!definition.lazy && !definition.prototype) {
                get(definition);
            }
        }
    }

    /** Calls what is to be called at the end, the newest bean first. */
    void stop() {
        List<String> names = new ArrayList<>(singletons.keySet());
        for (int i = names.size() - 1; i >= 0; i--) {
            lifecycle.destroy(singletons.get(names.get(i)), definitions.find(names.get(i)));
        }
        singletons.clear();
    }

    /** A service that is no bean of its own. */
    Object reference(BeanDefinition definition) throws ContextException {
        return references.get(definition, load(definition));
    }

    Object get(String name) throws ContextException {
        BeanDefinition definition = definitions.find(name);
        if (definition == null) {
            throw new ContextException("No bean named '" + name + "' available");
        }
        return get(definition);
    }

    Object get(BeanDefinition definition) throws ContextException {
        Object made = singletons.getOrDefault(definition.name, early.get(definition.name));
        if (made != null) {
            return made;
        }
        if (!inCreation.add(definition.name)) {
            throw new ContextException("Error creating bean with name '" + definition.name + "': Requested bean is "
                    + "currently in creation: Is there an unresolvable circular reference? ("
                    + String.join(" -> ", inCreation) + " -> " + definition.name + ")");
        }
        try {
            Object bean = product(make(definition), definition);
            if (!definition.prototype && bean != null) {
                singletons.put(definition.name, bean);
            }
            return bean;
        } finally {
            inCreation.remove(definition.name);
            early.remove(definition.name);
        }
    }

    /** What stands for a bean where its class is a factory of the plugin's own. */
    private Object product(Object bean, BeanDefinition definition) throws ContextException {
        if (bean != null && BeanClass.implementsNamed(bean.getClass(), "BeanPostProcessor")) {
            definitions.unsupported.add("post-processors such as the " + definition);
        }
        if (bean == null || !isOwnFactory(bean.getClass(), definition)) {
            return bean;
        }
        return call(definition, () -> bean.getClass().getMethod("getObject").invoke(bean));
    }

    private boolean isOwnFactory(Class<?> type, BeanDefinition definition) {
        return definition.kind == BeanDefinition.BeanKind.BEAN && definition.factoryMethod == null
                && type.getClassLoader() == loader && !Proxy.isProxyClass(type)
                && BeanClass.implementsNamed(type, "FactoryBean");
    }

    private Object make(BeanDefinition definition) throws ContextException {
        if (definition.kind == BeanDefinition.BeanKind.REFERENCE) {
            return references.get(definition, load(definition));
        }
        try {
            Object bean = definition.factoryMethod != null ? byFactory(definition) : byConstructor(definition);
            if (bean == null) {
                return null;
            }
            early.put(definition.name, bean);
            injection.fill(bean, definition);
            lifecycle.begin(bean, definition);
            return bean;
        } catch (LinkageError e) {
            throw failed(definition, e);
        }
    }

    private Object byConstructor(BeanDefinition definition) throws ContextException {
        Class<?> type = load(definition);
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            throw new ContextException("Error creating " + definition + ": " + type.getName() + " is abstract");
        }
        BeanClass bean = BeanClass.of(type);
        if (bean.annotation("Configuration").isPresent()) {
            type = ConfigurationProxy.of(bean, this::callOfConfiguration);
        }
        Constructor<?> constructor = injection.constructor(type, bean, definition);
        Object[] arguments = injection.arguments(constructor, bean, definition);
        return call(definition, () -> {
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        });
    }

    /** A {@code @Bean} method was called by another method of its class. */
    private Object callOfConfiguration(Object[] call) {
        for (BeanDefinition definition : definitions.beans.values()) {
            if (call[1].equals(definition.factoryMethod)
                    && definition.className.equals(call[0].getClass().getSuperclass().getName())) {
                try {
                    return get(definition);
                } catch (ContextException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            }
        }
        throw new IllegalStateException("there is no bean of the method " + call[1]);
    }

    private Object byFactory(BeanDefinition definition) throws ContextException {
        Object target = definition.factoryBean == null ? null : get(definition.factoryBean);
        Class<?> declared = target == null ? load(definition) : target.getClass();
        boolean isProxy = declared.getName().endsWith("$Standin");
        Class<?> original = isProxy ? declared.getSuperclass() : declared;
        Method method = factoryMethod(original, definition);
        Object[] arguments = injection.arguments(method, BeanClass.of(method.getDeclaringClass()), definition);
        Method called = isProxy ? overridden(declared, method) : method;
        return call(definition, () -> {
            called.setAccessible(true);
            return called.invoke(target, arguments);
        });
    }

    private static Method overridden(Class<?> proxy, Method method) {
        try {
            return proxy.getMethod(ConfigurationProxy.ORIGINAL + method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            return method;
        }
    }

    private static Method factoryMethod(Class<?> type, BeanDefinition definition) throws ContextException {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Method method : at.getDeclaredMethods()) {
                if (method.getName().equals(definition.factoryMethod) && !method.isBridge()) {
                    return method;
                }
            }
        }
        throw new ContextException("Error creating " + definition + ": No matching factory method found: "
                + definition.factoryMethod);
    }

    private interface Creation {
        Object run() throws ReflectiveOperationException;
    }

    private static Object call(BeanDefinition definition, Creation creation) throws ContextException {
        try {
            return creation.run();
        } catch (InvocationTargetException e) {
            throw failed(definition, e.getCause());
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw failed(definition, e);
        }
    }

    static ContextException failed(BeanDefinition definition, Throwable cause) {
        return new ContextException("Error creating " + definition + ": Instantiation of bean failed; nested "
                + "exception is " + cause, cause);
    }

    Class<?> load(BeanDefinition definition) throws ContextException {
        try {
            return Class.forName(definition.className, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ContextException("Cannot find class [" + definition.className + "] for " + definition
                    + (e instanceof ClassNotFoundException ? "" : "; nested exception is " + e), e);
        }
    }

    /** What a definition makes, as far as that is known without making it. */
    private Class<?> type(BeanDefinition definition) throws ContextException {
        Class<?> known = types.get(definition.name);
        if (known == null) {
            known = singletons.containsKey(definition.name)
                    ? singletons.get(definition.name).getClass()
                    : definition.factoryMethod == null
                            ? load(definition)
                            : factoryMethod(definition.factoryBean == null
                                    ? load(definition)
                                    : load(definitions.find(definition.factoryBean)), definition).getReturnType();
            if (isOwnFactory(known, definition) && !inCreation.contains(definition.name)) {
                Object made = get(definition);
                known = made == null ? Object.class : made.getClass();
            }
            types.put(definition.name, known);
        }
        return known;
    }

    /** The definitions of what is a {@code type}. */
    List<BeanDefinition> candidates(Class<?> type) throws ContextException {
        List<BeanDefinition> found = new ArrayList<>();
        for (BeanDefinition definition : List.copyOf(definitions.beans.values())) {
            if (type.isAssignableFrom(type(definition))) {
                found.add(definition);
            }
        }
        return found;
    }

    /** Makes an object of a class with the beans it needs, without keeping it. */
    Object create(Class<?> type) throws ContextException {
        BeanDefinition definition = BeanDefinition.ofClass(type.getName(), type.getName(), "a call of createBean");
        definition.prototype = true;
        BeanClass bean = BeanClass.of(type);
        Constructor<?> constructor = Arrays.stream(type.getDeclaredConstructors())
                .max(Comparator.comparingInt(Constructor::getParameterCount))
                .orElseThrow();
        Object[] arguments = injection.arguments(constructor, bean, definition);
        Object made = call(definition, () -> {
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        });
        injection.fill(made, definition);
        return made;
    }

    /** Gives an object that the plugin made the beans it needs. */
    void autowire(Object bean) throws ContextException {
        injection.fill(bean, BeanDefinition.ofClass("autowired", bean.getClass().getName(), "a call of autowireBean"));
    }

    /** The annotations of a bean's class file that ask for something are seen by these. */
    static boolean asks(Member member) {
        List<AnnotationUse> all = member.annotations();
        return BeanClass.isInjected(all);
    }
}
