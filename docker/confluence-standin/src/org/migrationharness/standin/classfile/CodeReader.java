package org.migrationharness.standin.classfile;

import java.nio.ByteBuffer;
import java.util.Set;

/** Reads from a method's code which members it uses, and which exceptions it catches. */
final class CodeReader {
    private static final int GETSTATIC = 0xb2;
    private static final int PUTSTATIC = 0xb3;
    private static final int GETFIELD = 0xb4;
    private static final int PUTFIELD = 0xb5;
    private static final int INVOKEVIRTUAL = 0xb6;
    private static final int INVOKESPECIAL = 0xb7;
    private static final int INVOKESTATIC = 0xb8;
    private static final int INVOKEINTERFACE = 0xb9;
    private static final int TABLESWITCH = 0xaa;
    private static final int LOOKUPSWITCH = 0xab;
    private static final int WIDE = 0xc4;
    private static final int IINC = 0x84;
    private final ConstantPool pool;
    private final Set<MemberUse> members;
    private final Set<String> caught;

    CodeReader(ConstantPool pool, Set<MemberUse> members, Set<String> caught) {
        this.pool = pool;
        this.members = members;
        this.caught = caught;
    }

    void read(ByteBuffer attribute) {
        int length = attribute.getInt(4);
        int start = 8;
        int at = 0;
        while (at < length) {
            int opcode = Byte.toUnsignedInt(attribute.get(start + at));
            switch (opcode) {
                case GETSTATIC, PUTSTATIC, INVOKESTATIC -> use(attribute, start + at, true);
                case GETFIELD, PUTFIELD, INVOKEVIRTUAL, INVOKESPECIAL, INVOKEINTERFACE ->
                    use(attribute, start + at, false);
                default -> { }
            }
            at += length(attribute, start, at, opcode);
        }
        int tableAt = start + length;
        int rows = Short.toUnsignedInt(attribute.getShort(tableAt));
        for (int row = 0; row < rows; row++) {
            int type = Short.toUnsignedInt(attribute.getShort(tableAt + 2 + row * 8 + 6));
            if (type != 0) {
                caught.add(pool.className(type));
            }
        }
    }

    private void use(ByteBuffer attribute, int at, boolean isStatic) {
        members.add(pool.member(Short.toUnsignedInt(attribute.getShort(at + 1)), isStatic));
    }

    private static int length(ByteBuffer code, int start, int at, int opcode) {
        int padded = (at + 4) & ~3;
        return switch (opcode) {
            case TABLESWITCH -> {
                int low = code.getInt(start + padded + 4);
                int high = code.getInt(start + padded + 8);
                yield padded + 12 + (high - low + 1) * 4 - at;
            }
            case LOOKUPSWITCH -> padded + 8 + code.getInt(start + padded + 4) * 8 - at;
            case WIDE -> Byte.toUnsignedInt(code.get(start + at + 1)) == IINC ? 6 : 4;
            default -> fixedLength(opcode);
        };
    }

    private static int fixedLength(int opcode) {
        if (opcode <= 0x0f || opcode >= 0x1a && opcode <= 0x35 || opcode >= 0x3b && opcode <= 0x83
                || opcode >= 0x85 && opcode <= 0x98 || opcode >= 0xac && opcode <= 0xb1
                || opcode == 0xbe || opcode == 0xbf || opcode == 0xc2 || opcode == 0xc3) {
            return 1;
        }
        if (opcode == 0x10 || opcode == 0x12 || opcode >= 0x15 && opcode <= 0x19
                || opcode >= 0x36 && opcode <= 0x3a || opcode == 0xa9 || opcode == 0xbc) {
            return 2;
        }
        if (opcode == INVOKEINTERFACE || opcode == 0xba || opcode == 0xc8 || opcode == 0xc9) {
            return 5;
        }
        return opcode == 0xc5 ? 4 : 3;
    }
}
