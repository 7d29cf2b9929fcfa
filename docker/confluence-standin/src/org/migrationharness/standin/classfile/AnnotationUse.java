package org.migrationharness.standin.classfile;

import java.util.List;
import java.util.Map;

/**
 * An annotation as the class file has it, so that its type need not be there.
 *
 * @param type the annotation's class, dotted
 * @param values its members that are given
 */
public record AnnotationUse(String type, Map<String, Object> values) {
    public String simpleName() {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** A member's text; the fallback where it is not given. */
    public String text(String member, String fallback) {
        Object value = values.get(member);
        if (value instanceof List<?> list) {
            value = list.isEmpty() ? null : list.get(0);
        }
        return value == null || value.toString().isEmpty() ? fallback : value.toString();
    }
}
