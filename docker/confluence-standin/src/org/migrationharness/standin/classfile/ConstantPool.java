package org.migrationharness.standin.classfile;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The constant pool of a class file (JVM specification 4.4). */
final class ConstantPool {
    static final int CLASS = 7;
    static final int FIELD = 9;
    static final int METHOD = 10;
    static final int INTERFACE_METHOD = 11;
    static final int NAME_AND_TYPE = 12;
    static final int METHOD_HANDLE = 15;
    static final int METHOD_TYPE = 16;
    private static final int UTF8 = 1;
    private static final int INTEGER = 3;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;

    private final ByteBuffer bytes;
    private final int[] offsets;
    private final String[] texts;

    /** Reads the pool at the buffer's position and leaves the position behind it. */
    ConstantPool(ByteBuffer bytes) {
        this.bytes = bytes;
        int count = Short.toUnsignedInt(bytes.getShort());
        offsets = new int[count];
        texts = new String[count];
        for (int i = 1; i < count; i++) {
            offsets[i] = bytes.position();
            int tag = bytes.get();
            int size = switch (tag) {
                case UTF8 -> Short.toUnsignedInt(bytes.getShort());
                case LONG, DOUBLE -> 8;
                case CLASS, 8, METHOD_TYPE, 19, 20 -> 2;
                case METHOD_HANDLE -> 3;
                case INTEGER, 4, FIELD, METHOD, INTERFACE_METHOD, NAME_AND_TYPE, 17, 18 -> 4;
                default -> throw new IllegalArgumentException("unknown constant " + tag);
            };
            bytes.position(bytes.position() + size);
            if (tag == LONG || tag == DOUBLE) {
                i++;
            }
        }
    }

    int size() {
        return offsets.length;
    }

    /** The kind of an entry; 0 for the second half of a long or double. */
    int tag(int index) {
        return index == 0 || offsets[index] == 0 ? 0 : bytes.get(offsets[index]);
    }

    /** The first of the indexes that an entry holds. */
    int first(int index) {
        return Short.toUnsignedInt(bytes.getShort(offsets[index] + 1));
    }

    int second(int index) {
        return Short.toUnsignedInt(bytes.getShort(offsets[index] + 3));
    }

    /** A method handle's kind. */
    int handleKind(int index) {
        return bytes.get(offsets[index] + 1);
    }

    int handleTarget(int index) {
        return Short.toUnsignedInt(bytes.getShort(offsets[index] + 2));
    }

    int integer(int index) {
        return bytes.getInt(offsets[index] + 1);
    }

    String text(int index) {
        if (texts[index] == null) {
            int length = Short.toUnsignedInt(bytes.getShort(offsets[index] + 1));
            byte[] raw = new byte[length];
            bytes.get(offsets[index] + 3, raw);
            texts[index] = new String(raw, StandardCharsets.UTF_8);
        }
        return texts[index];
    }

    /** The name of a class entry, with slashes; the element's of an array; empty for one of primitives. */
    String className(int index) {
        String name = text(first(index));
        int dimensions = name.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return name;
        }
        return name.charAt(dimensions) == 'L' ? name.substring(dimensions + 1, name.length() - 1) : "";
    }

    MemberUse member(int index, boolean isStatic) {
        int pair = second(index);
        return new MemberUse(className(first(index)), text(first(pair)), text(second(pair)), isStatic);
    }
}
