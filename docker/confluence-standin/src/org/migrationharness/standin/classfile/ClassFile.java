package org.migrationharness.standin.classfile;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a class file says. Names of classes have slashes except in annotations. Only what is asked for is read,
 * since jars have thousands of classes.
 */
public final class ClassFile {
    /** Class file version 44 belongs to Java 0, so to speak: the release is the version less this. */
    public static final int RELEASE_OFFSET = 44;
    private static final int MAGIC = 0xCAFEBABE;
    private static final int INTERFACE = 0x0200;
    private static final int ANNOTATION = 0x2000;
    private static final int ABSTRACT = 0x0400;

    private final ByteBuffer bytes;
    private final ConstantPool pool;
    private final int major;
    private final int access;
    private final String name;
    private final String superName;
    private final List<String> interfaces;
    private final int membersAt;

    /**
     * @throws IllegalArgumentException when it is not a class file, or a broken one
     */
    public ClassFile(byte[] raw) {
        try {
            bytes = ByteBuffer.wrap(raw);
            if (bytes.getInt() != MAGIC) {
                throw new IllegalArgumentException("not a class file");
            }
            bytes.getShort();
            major = Short.toUnsignedInt(bytes.getShort());
            pool = new ConstantPool(bytes);
            access = Short.toUnsignedInt(bytes.getShort());
            name = pool.className(Short.toUnsignedInt(bytes.getShort()));
            int parent = Short.toUnsignedInt(bytes.getShort());
            superName = parent == 0 ? null : pool.className(parent);
            List<String> faces = new ArrayList<>();
            for (int left = Short.toUnsignedInt(bytes.getShort()); left > 0; left--) {
                faces.add(pool.className(Short.toUnsignedInt(bytes.getShort())));
            }
            interfaces = List.copyOf(faces);
            membersAt = bytes.position();
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a broken class file", e);
        }
    }

    public String name() {
        return name;
    }

    /** The Java release that it is for. */
    public int release() {
        return major - RELEASE_OFFSET;
    }

    public boolean isInterface() {
        return (access & INTERFACE) != 0;
    }

    public boolean isAnnotation() {
        return (access & ANNOTATION) != 0;
    }

    public boolean isAbstract() {
        return (access & ABSTRACT) != 0;
    }

    /** Null for Object. */
    public String superName() {
        return superName;
    }

    public List<String> interfaces() {
        return interfaces;
    }

    /** The classes that its code and its descriptors name, arrays' elements included. */
    public Set<String> references() {
        Set<String> found = new LinkedHashSet<>();
        for (int i = 1; i < pool.size(); i++) {
            switch (pool.tag(i)) {
                case ConstantPool.CLASS -> found.add(pool.className(i));
                case ConstantPool.NAME_AND_TYPE -> addTypes(pool.text(pool.second(i)), found);
                case ConstantPool.METHOD_TYPE -> addTypes(pool.text(pool.first(i)), found);
                default -> { }
            }
        }
        found.remove("");
        return found;
    }

    /** The classes that a descriptor names. */
    public static void addTypes(String descriptor, Set<String> found) {
        for (int at = descriptor.indexOf('L'); at >= 0; at = descriptor.indexOf('L', at)) {
            int end = descriptor.indexOf(';', at);
            found.add(descriptor.substring(at + 1, end));
            at = end;
        }
    }

    public List<AnnotationUse> annotations() {
        ByteBuffer at = bytes.duplicate().position(membersAt);
        skipMembers(at);
        skipMembers(at);
        return new AnnotationReader(pool).visible(attributes(at));
    }

    public List<Member> fields() {
        return members(bytes.duplicate().position(membersAt));
    }

    public List<Member> methods() {
        ByteBuffer at = bytes.duplicate().position(membersAt);
        skipMembers(at);
        return members(at);
    }

    /** What the code uses of other classes, and the types that it catches. */
    public CodeUses uses() {
        Set<MemberUse> members = new LinkedHashSet<>();
        Set<String> interfaceOwners = new HashSet<>();
        Set<String> caught = new LinkedHashSet<>();
        ByteBuffer at = bytes.duplicate().position(membersAt);
        skipMembers(at);
        for (int left = Short.toUnsignedInt(at.getShort()); left > 0; left--) {
            at.position(at.position() + 6);
            ByteBuffer code = attributes(at).get("Code");
            if (code != null) {
                new CodeReader(pool, members, caught).read(code);
            }
        }
        for (int i = 1; i < pool.size(); i++) {
            if (pool.tag(i) == ConstantPool.METHOD_HANDLE && pool.handleKind(i) != 0) {
                int kind = pool.handleKind(i);
                members.add(pool.member(pool.handleTarget(i), kind == 2 || kind == 4 || kind == 6));
            } else if (pool.tag(i) == ConstantPool.INTERFACE_METHOD) {
                interfaceOwners.add(pool.className(pool.first(i)));
            }
        }
        return new CodeUses(members, interfaceOwners, caught);
    }

    /**
     * What code uses.
     *
     * @param members fields and methods, its own among them
     * @param interfaceOwners classes that it calls as interfaces
     * @param caught exceptions that it catches
     */
    public record CodeUses(Set<MemberUse> members, Set<String> interfaceOwners, Set<String> caught) {
    }

    private List<Member> members(ByteBuffer at) {
        AnnotationReader reader = new AnnotationReader(pool);
        List<Member> found = new ArrayList<>();
        for (int left = Short.toUnsignedInt(at.getShort()); left > 0; left--) {
            int flags = Short.toUnsignedInt(at.getShort());
            String memberName = pool.text(Short.toUnsignedInt(at.getShort()));
            String type = pool.text(Short.toUnsignedInt(at.getShort()));
            Map<String, ByteBuffer> attributes = attributes(at);
            found.add(new Member(flags, memberName, type, reader.visible(attributes),
                    reader.ofParameters(attributes)));
        }
        return found;
    }

    private static void skipMembers(ByteBuffer at) {
        for (int left = Short.toUnsignedInt(at.getShort()); left > 0; left--) {
            at.position(at.position() + 6);
            for (int attributes = Short.toUnsignedInt(at.getShort()); attributes > 0; attributes--) {
                at.getShort();
                int length = at.getInt();
                at.position(at.position() + length);
            }
        }
    }

    private Map<String, ByteBuffer> attributes(ByteBuffer at) {
        Map<String, ByteBuffer> found = new LinkedHashMap<>();
        for (int left = Short.toUnsignedInt(at.getShort()); left > 0; left--) {
            String attribute = pool.text(Short.toUnsignedInt(at.getShort()));
            int length = at.getInt();
            found.put(attribute, at.slice(at.position(), length));
            at.position(at.position() + length);
        }
        return found;
    }
}
