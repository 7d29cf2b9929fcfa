package org.migrationharness.standin.container;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.migrationharness.standin.classfile.Member;
import org.migrationharness.standin.log.Log;

/** Calls a bean's life-cycle methods, which are known by the names of Spring's interfaces and annotations. */
final class BeanLifecycle {
    private static final Log LOG = Log.named("com.atlassian.plugin.osgi.factory.OsgiPlugin");
    private static final List<String> AWARE = List.of(
            "ApplicationContextAware", "BeanFactoryAware", "BundleContextAware", "BeanNameAware");

    private final ServiceReferences references;

    BeanLifecycle(ServiceReferences references) {
        this.references = references;
    }

    void begin(Object bean, BeanDefinition definition) throws ContextException {
        for (String aware : AWARE) {
            if (BeanClass.implementsNamed(bean.getClass(), aware)) {
                String setter = "set" + aware.substring(0, aware.length() - "Aware".length());
                for (Method method : bean.getClass().getMethods()) {
                    if (method.getName().equals(setter) && method.getParameterCount() == 1 && !method.isBridge()) {
                        Class<?> type = method.getParameterTypes()[0];
                        call(bean, method, definition,
                                type == String.class ? definition.name : references.ofContainer(type));
                    }
                }
            }
        }
        annotated(bean, "PostConstruct", definition);
        if (BeanClass.implementsNamed(bean.getClass(), "InitializingBean")) {
            named(bean, "afterPropertiesSet", definition);
        }
        if (definition.initMethod != null) {
            named(bean, definition.initMethod, definition);
        } else {
            ifThere(bean, definition.usualInitMethod, definition);
        }
    }

    void destroy(Object bean, BeanDefinition definition) {
        try {
            annotated(bean, "PreDestroy", definition);
            if (BeanClass.implementsNamed(bean.getClass(), "DisposableBean")) {
                named(bean, "destroy", definition);
            }
            if (definition.destroyMethod != null) {
                named(bean, definition.destroyMethod, definition);
            } else {
                ifThere(bean, definition.usualDestroyMethod, definition);
            }
        } catch (ContextException e) {
            LOG.error("destroy", e.getMessage(), e.getCause());
        }
    }

    private void annotated(Object bean, String annotation, BeanDefinition definition) throws ContextException {
        if (definition.kind == BeanDefinition.BeanKind.REFERENCE) {
            return;
        }
        for (BeanClass at : BeanClass.lineage(bean.getClass())) {
            for (Member member : at.methods()) {
                if (BeanClass.find(member.annotations(), annotation).isPresent()) {
                    call(bean, at.method(member), definition);
                }
            }
        }
    }

    private static void ifThere(Object bean, String name, BeanDefinition definition) throws ContextException {
        if (name != null && find(bean.getClass(), name) != null) {
            named(bean, name, definition);
        }
    }

    static void named(Object bean, String name, BeanDefinition definition) throws ContextException {
        Method method = find(bean.getClass(), name);
        if (method == null) {
            throw new ContextException("Error creating " + definition + ": Could not find a method named '" + name
                    + "' without arguments");
        }
        call(bean, method, definition);
    }

    private static Method find(Class<?> type, String name) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            var found = Arrays.stream(at.getDeclaredMethods())
                    .filter(method -> method.getName().equals(name) && method.getParameterCount() == 0)
                    .findFirst();
            if (found.isPresent()) {
                return found.get();
            }
        }
        return null;
    }

    private static void call(Object bean, Method method, BeanDefinition definition, Object... arguments)
            throws ContextException {
        try {
            method.setAccessible(true);
            method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            throw new ContextException("Error creating " + definition + ": Invocation of " + method.getName()
                    + " failed; nested exception is " + e.getCause(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
