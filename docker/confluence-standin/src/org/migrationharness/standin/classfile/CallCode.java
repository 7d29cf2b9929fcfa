package org.migrationharness.standin.classfile;

import java.io.DataOutputStream;
import java.io.IOException;

/** Instructions for methods that pass their call on. */
public final class CallCode {
    private static final String OBJECT = "java/lang/Object";

    private final ClassFileWriter out;

    public CallCode(ClassFileWriter out) {
        this.out = out;
    }

    public void string(DataOutputStream code, String text) throws IOException {
        code.writeByte(0x13);
        code.writeShort(out.stringAt(text));
    }

    /** An array of the arguments, primitive ones boxed. */
    public void boxedArguments(DataOutputStream code, Descriptor type, int first) throws IOException {
        code.writeByte(0x11);
        code.writeShort(type.parameters().size());
        code.writeByte(0xbd);
        code.writeShort(out.classAt(OBJECT));
        int slot = first;
        for (int i = 0; i < type.parameters().size(); i++) {
            String parameter = type.parameters().get(i);
            code.writeByte(0x59);
            code.writeByte(0x11);
            code.writeShort(i);
            char kind = parameter.charAt(0);
            load(code, kind, slot);
            if (kind != 'L' && kind != '[') {
                String box = Descriptor.box(kind);
                code.writeByte(0xb8);
                code.writeShort(out.methodAt(box, "valueOf", "(" + kind + ")L" + box + ";"));
            }
            code.writeByte(0x53);
            slot += size(kind);
        }
    }

    /** Returns the object on the stack as what the method promises. */
    public void returned(DataOutputStream code, String result) throws IOException {
        char kind = result.charAt(0);
        if (kind == 'V') {
            code.writeByte(0x57);
            code.writeByte(0xb1);
        } else if (kind == 'L' || kind == '[') {
            code.writeByte(0xc0);
            code.writeShort(out.classAt(kind == 'L' ? result.substring(1, result.length() - 1) : result));
            code.writeByte(0xb0);
        } else {
            String box = Descriptor.box(kind);
            code.writeByte(0xc0);
            code.writeShort(out.classAt(box));
            code.writeByte(0xb6);
            code.writeShort(out.methodAt(box, Descriptor.unboxing(kind), "()" + kind));
            code.writeByte(switch (kind) {
                case 'J' -> 0xad;
                case 'F' -> 0xae;
                case 'D' -> 0xaf;
                default -> 0xac;
            });
        }
    }

    /** The arguments as they are. */
    public void plainArguments(DataOutputStream code, Descriptor type, int first) throws IOException {
        int slot = first;
        for (String parameter : type.parameters()) {
            load(code, parameter.charAt(0), slot);
            slot += size(parameter.charAt(0));
        }
    }

    private static void load(DataOutputStream code, char kind, int slot) throws IOException {
        code.writeByte(switch (kind) {
            case 'J' -> 0x16;
            case 'F' -> 0x17;
            case 'D' -> 0x18;
            case 'L', '[' -> 0x19;
            default -> 0x15;
        });
        code.writeByte(slot);
    }

    private static int size(char kind) {
        return kind == 'J' || kind == 'D' ? 2 : 1;
    }
}
