package org.migrationharness.standin.classfile;

import java.util.List;

/**
 * A field or method that a class declares.
 *
 * @param access its flags
 * @param name its name
 * @param descriptor its type
 * @param annotations those that are visible at run time
 * @param parameterAnnotations the same of each parameter; empty where none has any
 */
public record Member(
        int access,
        String name,
        String descriptor,
        List<AnnotationUse> annotations,
        List<List<AnnotationUse>> parameterAnnotations) {
    private static final int STATIC = 0x0008;

    public boolean isStatic() {
        return (access & STATIC) != 0;
    }
}
