package org.migrationharness.standin.container;

import java.beans.Introspector;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.migrationharness.standin.classfile.AnnotationUse;
import org.migrationharness.standin.classfile.Member;

/** Finds what a bean needs: by its definition's values, by name, by type. */
final class Injection {
    private final PluginContext context;
    private final ServiceReferences references;
    private final Values values;

    Injection(PluginContext context, ServiceReferences references, Definitions definitions) {
        this.context = context;
        this.references = references;
        values = new Values(context, definitions);
    }

    /** The constructor that a bean is made with. */
    Constructor<?> constructor(Class<?> type, BeanClass declared, BeanDefinition definition) throws ContextException {
        List<Constructor<?>> all = List.of(type.getDeclaredConstructors());
        if (!definition.arguments.isEmpty()) {
            return all.stream()
                    .filter(one -> one.getParameterCount() == definition.arguments.size())
                    .findFirst()
                    .orElseThrow(() -> new ContextException("Error creating " + definition + ": Could not resolve "
                            + "matching constructor: none takes " + definition.arguments.size() + " arguments"));
        }
        for (Constructor<?> one : all) {
            if (declared.member(one).map(PluginContext::asks).orElse(false)) {
                return one;
            }
        }
        if (definition.autowiring == Autowiring.CONSTRUCTOR) {
            return largest(all);
        }
        Optional<Constructor<?>> plain = all.stream().filter(one -> one.getParameterCount() == 0).findFirst();
        if (plain.isPresent()) {
            return plain.get();
        }
        return largest(all);
    }

    private static Constructor<?> largest(List<Constructor<?>> all) {
        return all.stream().max(Comparator.comparingInt(Constructor::getParameterCount)).orElseThrow();
    }

    Object[] arguments(Executable executable, BeanClass declared, BeanDefinition definition) throws ContextException {
        Class<?>[] types = executable.getParameterTypes();
        Type[] generic = executable.getGenericParameterTypes();
        List<List<AnnotationUse>> annotations = declared.parameters(executable);
        Object[] found = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            found[i] = i < definition.arguments.size()
                    ? values.of(definition.arguments.get(i), types[i], definition)
                    : find(types[i], generic.length == types.length ? generic[i] : types[i], annotations.get(i),
                            definition, "constructor parameter " + i);
        }
        return found;
    }

    /** Sets fields and calls setters: those that are annotated, and those that the definition names. */
    void fill(Object bean, BeanDefinition definition) throws ContextException {
        for (BeanClass at : BeanClass.lineage(bean.getClass())) {
            for (Member member : at.fields()) {
                if (PluginContext.asks(member) && !member.isStatic()) {
                    Field field = at.field(member);
                    set(bean, field, find(field.getType(), field.getGenericType(), member.annotations(), definition,
                            "field '" + field.getName() + "'"));
                }
            }
            for (Member member : at.methods()) {
                if (PluginContext.asks(member) && !member.name().equals("<init>") && !member.isStatic()) {
                    Method method = at.method(member);
                    List<List<AnnotationUse>> told = new ArrayList<>(at.parameters(method));
                    if (told.size() == 1 && told.get(0).isEmpty()) {
                        told.set(0, member.annotations());
                    }
                    invoke(bean, method, argumentsOf(method, told, definition), definition);
                }
            }
        }
        for (Map.Entry<String, ValueSpec> property : definition.properties.entrySet()) {
            Method setter = setter(bean.getClass(), property.getKey()).orElseThrow(() -> new ContextException(
                    "Error creating " + definition + ": Invalid property '" + property.getKey()
                            + "' of bean class [" + bean.getClass().getName() + "]: it has no setter"));
            invoke(bean, setter, new Object[] {
                values.of(property.getValue(), setter.getParameterTypes()[0], definition)}, definition);
        }
        if (definition.autowiring != Autowiring.NO && definition.autowiring != Autowiring.CONSTRUCTOR) {
            autowire(bean, definition);
        }
    }

    private Object[] argumentsOf(Method method, List<List<AnnotationUse>> told, BeanDefinition definition)
            throws ContextException {
        Object[] found = new Object[method.getParameterCount()];
        for (int i = 0; i < found.length; i++) {
            found[i] = find(method.getParameterTypes()[i], method.getGenericParameterTypes()[i], told.get(i),
                    definition, "method '" + method.getName() + "' parameter " + i);
        }
        return found;
    }

    private void autowire(Object bean, BeanDefinition definition) throws ContextException {
        for (Method method : bean.getClass().getMethods()) {
            if (method.getName().startsWith("set") && method.getParameterCount() == 1
                    && !Modifier.isStatic(method.getModifiers())
                    && !definition.properties.containsKey(property(method))
                    && !method.getParameterTypes()[0].getName().startsWith("java.")
                    && !method.getParameterTypes()[0].isPrimitive()) {
                Class<?> type = method.getParameterTypes()[0];
                List<BeanDefinition> found = context.candidates(type);
                if (definition.autowiring == Autowiring.BY_NAME) {
                    found = found.stream().filter(one -> one.name.equals(property(method))).toList();
                }
                if (found.size() == 1) {
                    invoke(bean, method, new Object[] {context.get(found.get(0))}, definition);
                } else if (references.importsByItself(type)) {
                    invoke(bean, method, new Object[] {references.hostService(type)}, definition);
                }
            }
        }
    }

    private Object find(
            Class<?> type, Type generic, List<AnnotationUse> annotations, BeanDefinition definition, String where)
            throws ContextException {
        Optional<AnnotationUse> value = BeanClass.find(annotations, "Value");
        if (value.isPresent()) {
            return values.of(new ValueSpec.Text(value.get().text("value", "")), type, definition);
        }
        for (String qualifier : List.of("Qualifier", "Named", "Resource")) {
            Optional<AnnotationUse> named = BeanClass.find(annotations, qualifier);
            String name = named.map(one -> one.text("value", one.text("name", ""))).orElse("");
            if (!name.isEmpty()) {
                return context.get(name);
            }
        }
        Object many = collection(type, generic);
        if (many != null) {
            return many;
        }
        Object own = references.ofContainer(type);
        if (own != null) {
            return own;
        }
        List<BeanDefinition> found = context.candidates(type);
        if (found.size() == 1) {
            return context.get(found.get(0));
        }
        if (found.isEmpty()) {
            return none(type, annotations, definition, where);
        }
        return context.get(oneOf(found, type, definition, where));
    }

    private Object none(Class<?> type, List<AnnotationUse> annotations, BeanDefinition definition, String where)
            throws ContextException {
        boolean required = annotations.stream().noneMatch(one -> Boolean.FALSE.equals(one.values().get("required"))
                || one.simpleName().equals("Nullable"));
        if (references.importsByItself(type)) {
            return references.hostService(type);
        }
        if (required) {
            throw new ContextException("Error creating " + definition + ": Unsatisfied dependency expressed through "
                    + where + "; nested exception is NoSuchBeanDefinitionException: No qualifying bean of type '"
                    + type.getName() + "' available: expected at least 1 bean which qualifies as autowire candidate");
        }
        return null;
    }

    private static BeanDefinition oneOf(
            List<BeanDefinition> found, Class<?> type, BeanDefinition definition, String where)
            throws ContextException {
        for (BeanDefinition one : found) {
            if (one.primary) {
                return one;
            }
        }
        String byType = Definitions.defaultName(type.getName());
        for (BeanDefinition one : found) {
            if (one.name.equals(byType)) {
                return one;
            }
        }
        throw new ContextException("Error creating " + definition + ": Unsatisfied dependency expressed through "
                + where + "; nested exception is NoUniqueBeanDefinitionException: No qualifying bean of type '"
                + type.getName() + "' available: expected single matching bean but found " + found.size() + ": "
                + String.join(",", found.stream().map(one -> one.name).toList()));
    }

    /** All beans of an element type, where a list, set, map or optional of them is asked for; else null. */
    private Object collection(Class<?> type, Type generic) throws ContextException {
        if (!(generic instanceof ParameterizedType parameterized)
                || !Set.of(List.class, Set.class, java.util.Collection.class, Map.class, Optional.class).contains(type)) {
            return null;
        }
        Type[] arguments = parameterized.getActualTypeArguments();
        if (!(arguments[arguments.length - 1] instanceof Class<?> element) || element.getName().startsWith("java.")) {
            return null;
        }
        Map<String, Object> beans = new LinkedHashMap<>();
        for (BeanDefinition one : context.candidates(element)) {
            beans.put(one.name, context.get(one));
        }
        if (type == Map.class) {
            return beans;
        }
        if (type == Optional.class) {
            return beans.values().stream().findFirst();
        }
        return type == Set.class ? new LinkedHashSet<>(beans.values()) : new ArrayList<>(beans.values());
    }

    private static String property(Method setter) {
        return Introspector.decapitalize(setter.getName().substring("set".length()));
    }

    private static Optional<Method> setter(Class<?> type, String property) {
        String name = "set" + Character.toUpperCase(property.charAt(0)) + property.substring(1);
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name) && method.getParameterCount() == 1)
                .findFirst();
    }

    private static void set(Object bean, Field field, Object value) {
        try {
            field.setAccessible(true);
            field.set(bean, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void invoke(Object bean, Method method, Object[] arguments, BeanDefinition definition)
            throws ContextException {
        try {
            method.setAccessible(true);
            method.invoke(bean, arguments);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw PluginContext.failed(definition, e.getCause());
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw PluginContext.failed(definition, e);
        }
    }
}
