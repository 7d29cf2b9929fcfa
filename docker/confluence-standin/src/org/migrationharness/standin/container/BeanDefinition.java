package org.migrationharness.standin.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a bean is made. */
final class BeanDefinition {
    /** What kind of thing it is. */
    enum BeanKind {
        /** Made from a class or by a factory method. */
        BEAN,
        /** A service of somebody else. */
        REFERENCE
    }

    final String name;
    final String origin;
    BeanKind kind = BeanKind.BEAN;
    String className;
    String factoryBean;
    String factoryMethod;
    final List<ValueSpec> arguments = new ArrayList<>();
    final Map<String, ValueSpec> properties = new LinkedHashMap<>();
    boolean prototype;
    boolean lazy;
    boolean primary;
    boolean optional;
    boolean many;
    Autowiring autowiring = Autowiring.NO;
    String initMethod;
    String destroyMethod;
    /** Called where the class has them. */
    String usualInitMethod;
    String usualDestroyMethod;

    /**
     * @param name the bean's name
     * @param origin the file that defines it, for messages
     */
    BeanDefinition(String name, String origin) {
        this.name = name;
        this.origin = origin;
    }

    static BeanDefinition ofClass(String name, String className, String origin) {
        BeanDefinition definition = new BeanDefinition(name, origin);
        definition.className = className;
        return definition;
    }

    static BeanDefinition reference(String name, String interfaceName, String origin) {
        BeanDefinition definition = new BeanDefinition(name, origin);
        definition.kind = BeanKind.REFERENCE;
        definition.className = interfaceName;
        return definition;
    }

    @Override
    public String toString() {
        return "bean with name '" + name + "' defined in " + origin;
    }
}
