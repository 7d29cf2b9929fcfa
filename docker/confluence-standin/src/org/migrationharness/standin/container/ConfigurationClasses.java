package org.migrationharness.standin.container;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.migrationharness.standin.classfile.AnnotationUse;
import org.migrationharness.standin.classfile.ClassFile;
import org.migrationharness.standin.classfile.Member;

/** Finds beans by annotations: in scanned packages, and as methods of {@code @Configuration} classes. */
final class ConfigurationClasses {
    private static final Set<String> STEREOTYPES = Set.of(
            "Component", "Service", "Repository", "Controller", "Named", "Configuration", "ConfluenceComponent");

    private final PluginFiles files;
    private final Definitions definitions;
    private final Set<String> seen = new HashSet<>();

    ConfigurationClasses(PluginFiles files, Definitions definitions) {
        this.files = files;
        this.definitions = definitions;
    }

    /** Adds what the classes that are defined so far define themselves. */
    void expand() throws IOException, ContextException {
        Set<String> scanned = new HashSet<>();
        Deque<BeanDefinition> pending = new ArrayDeque<>(definitions.beans.values());
        while (!pending.isEmpty() || !scanned.containsAll(definitions.scannedPackages)) {
            for (String name : List.copyOf(definitions.scannedPackages)) {
                if (scanned.add(name)) {
                    pending.addAll(scan(name));
                }
            }
            BeanDefinition bean = pending.poll();
            if (bean != null && bean.kind == BeanDefinition.BeanKind.BEAN && bean.factoryMethod == null
                    && bean.className != null && seen.add(bean.className)) {
                pending.addAll(configuration(bean));
            }
        }
    }

    private List<BeanDefinition> scan(String packageName) throws IOException {
        List<BeanDefinition> found = new ArrayList<>();
        for (String file : files.list(packageName.replace('.', '/'), "*.class", true)) {
            ClassFile parsed = new ClassFile(files.read(file));
            String className = parsed.name().replace('/', '.');
            var stereotype = parsed.annotations().stream()
                    .filter(one -> STEREOTYPES.contains(one.simpleName())).findFirst();
            if (stereotype.isPresent() && !parsed.isInterface() && !parsed.isAbstract()) {
                String name = stereotype.get().text("value", Definitions.defaultName(className));
                BeanDefinition bean = BeanDefinition.ofClass(name, className, file);
                definitions.add(bean);
                found.add(bean);
            }
        }
        return found;
    }

    private List<BeanDefinition> configuration(BeanDefinition config) throws IOException {
        String path = config.className.replace('.', '/') + ".class";
        byte[] content = files.read(path);
        if (content == null) {
            return List.of();
        }
        ClassFile parsed = new ClassFile(content);
        List<AnnotationUse> annotations = parsed.annotations();
        List<BeanDefinition> found = new ArrayList<>();
        BeanClass.find(annotations, "ComponentScan").ifPresent(scan -> {
            String own = config.className.substring(0, config.className.lastIndexOf('.'));
            List<String> named = texts(scan, "value");
            named.addAll(texts(scan, "basePackages"));
            definitions.scannedPackages.addAll(named.isEmpty() ? List.of(own) : named);
        });
        var properties = BeanClass.find(annotations, "PropertySource");
        if (properties.isPresent()) {
            for (String location : texts(properties.get(), "value")) {
                byte[] source = files.read(location.replaceFirst("^classpath:/?", ""));
                if (source != null) {
                    definitions.placeholders.load(new ByteArrayInputStream(source));
                }
            }
        }
        BeanClass.find(annotations, "Import").ifPresent(imported -> {
            for (String name : texts(imported, "value")) {
                BeanDefinition bean = BeanDefinition.ofClass(Definitions.defaultName(name), name, path);
                definitions.add(bean);
                found.add(bean);
            }
        });
        for (Member method : parsed.methods()) {
            BeanClass.find(method.annotations(), "Bean").ifPresent(annotation ->
                    definitions.add(bean(config, method, annotation, path)));
        }
        return found;
    }

    private static BeanDefinition bean(
            BeanDefinition config, Member method, AnnotationUse annotation, String path) {
        String name = annotation.text("name", annotation.text("value", method.name()));
        BeanDefinition bean = new BeanDefinition(name, path);
        bean.className = config.className;
        bean.factoryBean = method.isStatic() ? null : config.name;
        bean.factoryMethod = method.name();
        bean.initMethod = annotation.text("initMethod", null);
        bean.destroyMethod = annotation.text("destroyMethod", null);
        bean.primary = BeanClass.find(method.annotations(), "Primary").isPresent();
        bean.lazy = BeanClass.find(method.annotations(), "Lazy").isPresent();
        bean.prototype = BeanClass.find(method.annotations(), "Scope")
                .map(scope -> scope.text("value", "").equals("prototype")).orElse(false);
        return bean;
    }

    private static List<String> texts(AnnotationUse annotation, String member) {
        Object value = annotation.values().get(member);
        List<String> found = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> found.add(item.toString()));
        } else if (value != null) {
            found.add(value.toString());
        }
        return found;
    }
}
