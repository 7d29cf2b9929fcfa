package org.migrationharness.standin.classfile;

/**
 * A use of a field or method. Names of classes have slashes, as in class files.
 *
 * @param owner the class it is used of
 * @param name its name
 * @param descriptor its type
 * @param isStatic whether it is used without an object
 */
public record MemberUse(String owner, String name, String descriptor, boolean isStatic) {
    public boolean isMethod() {
        return descriptor.startsWith("(");
    }
}
