package org.migrationharness.standin.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.migrationharness.standin.classfile.CallCode;
import org.migrationharness.standin.classfile.ClassFileWriter;
import org.migrationharness.standin.classfile.Descriptor;
import org.migrationharness.standin.classfile.MemberUse;
import org.migrationharness.standin.host.bridge.HostCalls;

/** Writes the class file of one type from how a plugin uses it: its members call {@link HostCalls}. */
final class MadeUpType {
    private static final String OBJECT = "java/lang/Object";
    private static final String CALLS = HostCalls.class.getName().replace('.', '/');
    private static final String CALL =
            "(Ljava/lang/Object;Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;[Ljava/lang/Object;)"
            + "Ljava/lang/Object;";
    private static final Set<String> OF_OBJECT = Set.of(
            "equals(Ljava/lang/Object;)Z", "hashCode()I", "toString()Ljava/lang/String;",
            "getClass()Ljava/lang/Class;", "notify()V", "notifyAll()V", "wait()V", "wait(J)V", "clone()Ljava/lang/Object;");
    private static final Set<String> OF_ENUM = Set.of(
            "ordinal()I", "name()Ljava/lang/String;", "getDeclaringClass()Ljava/lang/Class;");
    private static final Set<String> OF_THROWABLE = Set.of(
            "getMessage()Ljava/lang/String;", "getCause()Ljava/lang/Throwable;", "printStackTrace()V",
            "getStackTrace()[Ljava/lang/StackTraceElement;", "getLocalizedMessage()Ljava/lang/String;",
            "initCause(Ljava/lang/Throwable;)Ljava/lang/Throwable;", "addSuppressed(Ljava/lang/Throwable;)V");

    private final String name;
    private final TypeUse use;
    private final boolean isEnum;
    private final String parent;
    private final ClassFileWriter out;
    private final CallCode calls;

    private MadeUpType(String name, TypeUse use) {
        this.name = name;
        this.use = use;
        isEnum = use.isEnum(name);
        parent = isEnum ? "java/lang/Enum" : use.isThrown() ? "java/lang/RuntimeException" : OBJECT;
        int access = ClassFileWriter.PUBLIC | (isInterface()
                ? ClassFileWriter.INTERFACE | ClassFileWriter.ABSTRACT
                : ClassFileWriter.SUPER);
        out = new ClassFileWriter(isEnum ? access | 0x4000 : access, name, parent, List.of());
        calls = new CallCode(out);
    }

    /** The class file of a type, named with slashes. */
    static byte[] write(String name, TypeUse use) {
        return new MadeUpType(name, use).write();
    }

    private boolean isInterface() {
        return use.isInterface() && !isEnum;
    }

    private byte[] write() {
        Set<String> done = new LinkedHashSet<>();
        List<MemberUse> constants = new ArrayList<>();
        for (MemberUse member : use.members()) {
            if (!done.add(member.name() + member.descriptor()) || member.name().startsWith("<clinit")) {
                continue;
            }
            if (!member.isMethod()) {
                out.field(ClassFileWriter.PUBLIC | (member.isStatic() ? ClassFileWriter.STATIC : 0)
                        | (isInterface() ? 0x0010 : 0), member.name(), member.descriptor());
                if (member.isStatic()) {
                    constants.add(member);
                }
            } else if (member.name().equals("<init>")) {
                constructor(member.descriptor());
            } else if (!isInherited(member)) {
                method(member);
            }
        }
        if (!isInterface() && !isEnum && done.add("<init>()V")) {
            constructor("()V");
        }
        if (isEnum) {
            enumConstructor();
        }
        initializer(constants);
        return out.toBytes();
    }

    private boolean isInherited(MemberUse member) {
        String signature = member.name() + member.descriptor();
        return !isInterface() && (OF_OBJECT.contains(signature) || isEnum && OF_ENUM.contains(signature)
                || use.isThrown() && OF_THROWABLE.contains(signature));
    }

    private void constructor(String descriptor) {
        Descriptor type = new Descriptor(descriptor);
        boolean message = use.isThrown() && !type.parameters().isEmpty()
                && type.parameters().get(0).equals("Ljava/lang/String;");
        out.method(ClassFileWriter.PUBLIC, "<init>", descriptor, type.slots() + 1, code -> {
            code.writeByte(0x2a);
            if (message) {
                code.writeByte(0x2b);
            }
            code.writeByte(0xb7);
            code.writeShort(out.methodAt(parent, "<init>", message ? "(Ljava/lang/String;)V" : "()V"));
            code.writeByte(0xb1);
        });
    }

    private void enumConstructor() {
        out.method(0x0002, "<init>", "(Ljava/lang/String;I)V", 3, code -> {
            code.writeByte(0x2a);
            code.writeByte(0x2b);
            code.writeByte(0x1c);
            code.writeByte(0xb7);
            code.writeShort(out.methodAt(parent, "<init>", "(Ljava/lang/String;I)V"));
            code.writeByte(0xb1);
        });
    }

    private void method(MemberUse member) {
        if (isInterface() && !member.isStatic()) {
            out.abstractMethod(member.name(), member.descriptor());
            return;
        }
        Descriptor type = new Descriptor(member.descriptor());
        int flags = ClassFileWriter.PUBLIC | (member.isStatic() ? ClassFileWriter.STATIC : 0);
        int first = member.isStatic() ? 0 : 1;
        out.method(flags, member.name(), member.descriptor(), type.slots() + first, code -> {
            code.writeByte(member.isStatic() ? 0x01 : 0x2a);
            calls.string(code, name.replace('/', '.'));
            calls.string(code, member.name());
            calls.string(code, member.descriptor());
            calls.boxedArguments(code, type, first);
            code.writeByte(0xb8);
            code.writeShort(out.methodAt(CALLS, "call", CALL));
            calls.returned(code, type.result());
        });
    }

    /** Constants of the type itself get an object each, and texts their own name. */
    private void initializer(List<MemberUse> constants) {
        String own = "L" + name + ";";
        List<MemberUse> set = constants.stream()
                .filter(each -> each.descriptor().equals("Ljava/lang/String;")
                        || each.descriptor().equals(own) && !isInterface())
                .toList();
        if (set.isEmpty()) {
            return;
        }
        out.method(ClassFileWriter.STATIC, "<clinit>", "()V", 0, code -> {
            int ordinal = 0;
            for (MemberUse constant : set) {
                if (constant.descriptor().equals(own)) {
                    code.writeByte(0xbb);
                    code.writeShort(out.classAt(name));
                    code.writeByte(0x59);
                    if (isEnum) {
                        calls.string(code, constant.name());
                        code.writeByte(0x11);
                        code.writeShort(ordinal++);
                    }
                    code.writeByte(0xb7);
                    code.writeShort(out.methodAt(name, "<init>", isEnum ? "(Ljava/lang/String;I)V" : "()V"));
                } else {
                    calls.string(code, constant.name());
                }
                code.writeByte(0xb3);
                code.writeShort(out.fieldAt(name, constant.name(), constant.descriptor()));
            }
            code.writeByte(0xb1);
        });
    }
}
