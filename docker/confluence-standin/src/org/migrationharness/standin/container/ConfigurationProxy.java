package org.migrationharness.standin.container;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.function.Function;
import org.migrationharness.standin.classfile.CallCode;
import org.migrationharness.standin.classfile.ClassFileWriter;
import org.migrationharness.standin.classfile.Descriptor;
import org.migrationharness.standin.classfile.Member;

/**
 * Makes the subclass of a configuration class whose {@code @Bean} methods give the one bean of their name, also
 * when another method of the class calls them.
 */
final class ConfigurationProxy {
    private static final String FUNCTION = "java/util/function/Function";
    private static final String CALLS = "standinCalls";
    static final String ORIGINAL = "standinOriginal$";

    private ConfigurationProxy() {
    }

    /**
     * @param config the configuration class
     * @param calls from {object, method name, arguments} to the bean
     * @return the subclass, or the class itself where it cannot have one
     */
    static Class<?> of(BeanClass config, Function<Object[], Object> calls) {
        Class<?> type = config.type();
        if (Modifier.isFinal(type.getModifiers())) {
            return type;
        }
        String parent = type.getName().replace('.', '/');
        String name = parent + "$Standin";
        ClassFileWriter out = new ClassFileWriter(
                ClassFileWriter.PUBLIC | ClassFileWriter.SUPER, name, parent, List.of());
        CallCode code = new CallCode(out);
        out.field(ClassFileWriter.PUBLIC | ClassFileWriter.STATIC, CALLS, "L" + FUNCTION + ";");
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (!Modifier.isPrivate(constructor.getModifiers())) {
                constructor(out, code, parent, constructor);
            }
        }
        for (Member method : config.methods()) {
            boolean overridable = !method.isStatic() && !Modifier.isPrivate(method.access())
                    && !Modifier.isFinal(method.access());
            if (overridable && BeanClass.find(method.annotations(), "Bean").isPresent()) {
                override(out, code, name, parent, method);
            }
        }
        try {
            Class<?> made = MethodHandles.privateLookupIn(type, MethodHandles.lookup()).defineClass(out.toBytes());
            made.getField(CALLS).set(null, calls);
            return made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the configuration class " + type.getName() + " cannot be extended", e);
        }
    }

    private static void constructor(ClassFileWriter out, CallCode code, String parent, Constructor<?> constructor) {
        StringBuilder text = new StringBuilder("(");
        for (Class<?> parameter : constructor.getParameterTypes()) {
            text.append(parameter.descriptorString());
        }
        String descriptor = text.append(")V").toString();
        Descriptor type = new Descriptor(descriptor);
        out.method(ClassFileWriter.PUBLIC, "<init>", descriptor, type.slots() + 1, to -> {
            to.writeByte(0x2a);
            code.plainArguments(to, type, 1);
            to.writeByte(0xb7);
            to.writeShort(out.methodAt(parent, "<init>", descriptor));
            to.writeByte(0xb1);
        });
    }

    private static void override(ClassFileWriter out, CallCode code, String name, String parent, Member method) {
        Descriptor type = new Descriptor(method.descriptor());
        int locals = type.slots() + 1;
        out.method(ClassFileWriter.PUBLIC, method.name(), method.descriptor(), locals, to -> {
            to.writeByte(0xb2);
            to.writeShort(out.fieldAt(name, CALLS, "L" + FUNCTION + ";"));
            to.writeByte(0x06);
            to.writeByte(0xbd);
            to.writeShort(out.classAt("java/lang/Object"));
            to.writeByte(0x59);
            to.writeByte(0x03);
            to.writeByte(0x2a);
            to.writeByte(0x53);
            to.writeByte(0x59);
            to.writeByte(0x04);
            code.string(to, method.name());
            to.writeByte(0x53);
            to.writeByte(0x59);
            to.writeByte(0x05);
            code.boxedArguments(to, type, 1);
            to.writeByte(0x53);
            to.writeByte(0xb9);
            to.writeShort(out.interfaceMethodAt(FUNCTION, "apply", "(Ljava/lang/Object;)Ljava/lang/Object;"));
            to.writeByte(2);
            to.writeByte(0);
            code.returned(to, type.result());
        });
        out.method(ClassFileWriter.PUBLIC, ORIGINAL + method.name(), method.descriptor(), locals, to -> {
            to.writeByte(0x2a);
            code.plainArguments(to, type, 1);
            to.writeByte(0xb7);
            to.writeShort(out.methodAt(parent, method.name(), method.descriptor()));
            to.writeByte(switch (type.result().charAt(0)) {
                case 'V' -> 0xb1;
                case 'L', '[' -> 0xb0;
                case 'J' -> 0xad;
                case 'F' -> 0xae;
                case 'D' -> 0xaf;
                default -> 0xac;
            });
        });
    }
}
