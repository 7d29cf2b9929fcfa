package org.migrationharness.standin.container;

import java.beans.Introspector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** All that a plugin defines. */
final class Definitions {
    final Map<String, BeanDefinition> beans = new LinkedHashMap<>();
    final Map<String, String> aliases = new LinkedHashMap<>();
    final List<ServiceDefinition> services = new ArrayList<>();
    final Set<String> scannedPackages = new LinkedHashSet<>();
    final Properties placeholders = new Properties();
    /** Whether a placeholder without a value is an error: so with a configurer, and not without. */
    boolean strictPlaceholders;
    /** What a definition asks for and no container would do. */
    final Set<String> notDone = new LinkedHashSet<>();
    /** What a definition asks for and Spring would do, but this container does not. */
    final Set<String> unsupported = new LinkedHashSet<>();

    void add(BeanDefinition bean) {
        beans.put(bean.name, bean);
    }

    boolean isEmpty() {
        return beans.isEmpty() && services.isEmpty();
    }

    BeanDefinition find(String name) {
        return beans.get(aliases.getOrDefault(name, name));
    }

    /** The name that a bean gets from its class. */
    static String defaultName(String className) {
        String simple = className.substring(Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
        return Introspector.decapitalize(simple);
    }
}
