package org.migrationharness.standin.container;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns values of definitions into objects: placeholders are put in, and texts become what is needed. */
final class Values {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]+)(?::([^}]*))?}");

    private final PluginContext context;
    private final Definitions definitions;

    Values(PluginContext context, Definitions definitions) {
        this.context = context;
        this.definitions = definitions;
    }

    Object of(ValueSpec value, Class<?> type, BeanDefinition owner) throws ContextException {
        if (value instanceof ValueSpec.Reference reference) {
            return context.get(reference.bean());
        }
        if (value instanceof ValueSpec.Text text) {
            return converted(filled(text.value(), owner), type, owner);
        }
        if (value instanceof ValueSpec.Many many) {
            List<Object> items = new ArrayList<>();
            for (ValueSpec item : many.items()) {
                items.add(of(item, Object.class, owner));
            }
            return Set.class.isAssignableFrom(type) ? new LinkedHashSet<>(items) : items;
        }
        if (value instanceof ValueSpec.Pairs pairs) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < pairs.items().size(); i += 2) {
                map.put(of(pairs.items().get(i), Object.class, owner), of(pairs.items().get(i + 1), Object.class, owner));
            }
            return map;
        }
        return null;
    }

    private String filled(String text, BeanDefinition owner) throws ContextException {
        if (text.contains("#{")) {
            throw new ContextException("Error creating " + owner + ": the stand-in does not have Spring's expression "
                    + "language, which the value '" + text + "' needs");
        }
        Matcher found = PLACEHOLDER.matcher(text);
        StringBuilder out = new StringBuilder();
        while (found.find()) {
            String value = definitions.placeholders.getProperty(found.group(1), System.getProperty(found.group(1)));
            if (value == null) {
                value = found.group(2);
            }
            if (value == null && definitions.strictPlaceholders) {
                throw new ContextException("Error creating " + owner + ": Could not resolve placeholder '"
                        + found.group(1) + "' in value \"" + text + "\"");
            }
            found.appendReplacement(out, Matcher.quoteReplacement(value == null ? found.group() : value));
        }
        return found.appendTail(out).toString();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object converted(String text, Class<?> type, BeanDefinition owner) throws ContextException {
        try {
            if (type.isAssignableFrom(String.class)) {
                return text;
            }
            if (type == int.class || type == Integer.class) {
                return Integer.valueOf(text.strip());
            }
            if (type == long.class || type == Long.class) {
                return Long.valueOf(text.strip());
            }
            if (type == boolean.class || type == Boolean.class) {
                return Boolean.valueOf(text.strip());
            }
            if (type == double.class || type == Double.class) {
                return Double.valueOf(text.strip());
            }
            if (type.isEnum()) {
                return Enum.valueOf((Class<? extends Enum>) type, text.strip());
            }
            if (type == Class.class) {
                return Class.forName(text.strip(), false, Thread.currentThread().getContextClassLoader());
            }
            if (type == String[].class) {
                return text.split("\\s*,\\s*");
            }
            if (type.isAssignableFrom(List.class)) {
                return new ArrayList<>(Arrays.asList(text.split("\\s*,\\s*")));
            }
        } catch (IllegalArgumentException | ClassNotFoundException e) {
            throw new ContextException("Error creating " + owner + ": Failed to convert '" + text + "' to "
                    + type.getName(), e);
        }
        throw new ContextException("Error creating " + owner + ": the stand-in cannot convert '" + text + "' to "
                + type.getName());
    }
}
