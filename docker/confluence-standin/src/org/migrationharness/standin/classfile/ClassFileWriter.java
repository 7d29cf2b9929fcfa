package org.migrationharness.standin.classfile;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a class file. Methods have code without branches, so no stack maps are needed. */
public final class ClassFileWriter {
    public static final int PUBLIC = 0x0001;
    public static final int STATIC = 0x0008;
    public static final int SUPER = 0x0020;
    public static final int INTERFACE = 0x0200;
    public static final int ABSTRACT = 0x0400;
    private static final int JAVA_8 = 52;
    private static final int MAX_STACK = 64;

    private final Map<String, Integer> constants = new LinkedHashMap<>();
    private final ByteArrayOutputStream poolBytes = new ByteArrayOutputStream();
    private final DataOutputStream pool = new DataOutputStream(poolBytes);
    private final List<byte[]> fields = new ArrayList<>();
    private final List<byte[]> methods = new ArrayList<>();
    private final int access;
    private final int self;
    private final int parent;
    private final int[] interfaces;
    private int size = 1;

    /** Names have slashes. */
    public ClassFileWriter(int access, String name, String superName, List<String> faces) {
        this.access = access;
        self = classAt(name);
        parent = classAt(superName);
        interfaces = faces.stream().mapToInt(this::classAt).toArray();
    }

    /** Instructions of one method. */
    public interface Code {
        void write(DataOutputStream out) throws IOException;
    }

    public void field(int flags, String name, String descriptor) {
        fields.add(bytes(out -> {
            out.writeShort(flags);
            out.writeShort(utf8(name));
            out.writeShort(utf8(descriptor));
            out.writeShort(0);
        }));
    }

    public void abstractMethod(String name, String descriptor) {
        methods.add(bytes(out -> {
            out.writeShort(PUBLIC | ABSTRACT);
            out.writeShort(utf8(name));
            out.writeShort(utf8(descriptor));
            out.writeShort(0);
        }));
    }

    /**
     * @param locals how many local variables its arguments take, {@code this} included
     */
    public void method(int flags, String name, String descriptor, int locals, Code code) {
        byte[] instructions = bytes(code);
        int attribute = utf8("Code");
        methods.add(bytes(out -> {
            out.writeShort(flags);
            out.writeShort(utf8(name));
            out.writeShort(utf8(descriptor));
            out.writeShort(1);
            out.writeShort(attribute);
            out.writeInt(12 + instructions.length);
            out.writeShort(MAX_STACK);
            out.writeShort(locals);
            out.writeInt(instructions.length);
            out.write(instructions);
            out.writeShort(0);
            out.writeShort(0);
        }));
    }

    public int utf8(String text) {
        return constant("u" + text, out -> {
            out.writeByte(1);
            out.writeUTF(text);
        });
    }

    public int classAt(String name) {
        int text = utf8(name);
        return constant("c" + name, out -> {
            out.writeByte(ConstantPool.CLASS);
            out.writeShort(text);
        });
    }

    public int stringAt(String value) {
        int text = utf8(value);
        return constant("s" + value, out -> {
            out.writeByte(8);
            out.writeShort(text);
        });
    }

    public int methodAt(String owner, String name, String descriptor) {
        return memberAt(ConstantPool.METHOD, owner, name, descriptor);
    }

    public int interfaceMethodAt(String owner, String name, String descriptor) {
        return memberAt(ConstantPool.INTERFACE_METHOD, owner, name, descriptor);
    }

    public int fieldAt(String owner, String name, String descriptor) {
        return memberAt(ConstantPool.FIELD, owner, name, descriptor);
    }

    private int memberAt(int tag, String owner, String name, String descriptor) {
        int ownerAt = classAt(owner);
        int nameAt = utf8(name);
        int typeAt = utf8(descriptor);
        int pair = constant("n" + name + descriptor, out -> {
            out.writeByte(ConstantPool.NAME_AND_TYPE);
            out.writeShort(nameAt);
            out.writeShort(typeAt);
        });
        return constant("m" + tag + owner + '.' + name + descriptor, out -> {
            out.writeByte(tag);
            out.writeShort(ownerAt);
            out.writeShort(pair);
        });
    }

    public byte[] toBytes() {
        return bytes(out -> {
            out.writeInt(0xCAFEBABE);
            out.writeShort(0);
            out.writeShort(JAVA_8);
            out.writeShort(size);
            out.write(poolBytes.toByteArray());
            out.writeShort(access);
            out.writeShort(self);
            out.writeShort(parent);
            out.writeShort(interfaces.length);
            for (int face : interfaces) {
                out.writeShort(face);
            }
            out.writeShort(fields.size());
            for (byte[] field : fields) {
                out.write(field);
            }
            out.writeShort(methods.size());
            for (byte[] method : methods) {
                out.write(method);
            }
            out.writeShort(0);
        });
    }

    private int constant(String key, Code entry) {
        Integer known = constants.get(key);
        if (known != null) {
            return known;
        }
        try {
            entry.write(pool);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        constants.put(key, size);
        return size++;
    }

    private static byte[] bytes(Code code) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            code.write(new DataOutputStream(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
