package org.migrationharness.standin.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.migrationharness.standin.classfile.AnnotationUse;
import org.migrationharness.standin.classfile.ClassFile;
import org.migrationharness.standin.classfile.Member;

/**
 * A class of a plugin with its annotations, read from its class file: the annotations' own types may not be
 * there, and reflection leaves such ones out.
 */
final class BeanClass {
    private static final Set<String> INJECT = Set.of(
            "javax.inject.Inject", "jakarta.inject.Inject",
            "org.springframework.beans.factory.annotation.Autowired",
            "javax.annotation.Resource", "jakarta.annotation.Resource");

    private final Class<?> type;
    private final List<AnnotationUse> annotations;
    private final List<Member> fields;
    private final List<Member> methods;

    private BeanClass(Class<?> type, ClassFile file) {
        this.type = type;
        annotations = file == null ? List.of() : file.annotations();
        fields = file == null ? List.of() : file.fields();
        methods = file == null ? List.of() : file.methods();
    }

    static BeanClass of(Class<?> type) {
        return new BeanClass(type, read(type));
    }

    private static ClassFile read(Class<?> type) {
        String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream in = type.getResourceAsStream(file)) {
            return in == null ? null : new ClassFile(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Class<?> type() {
        return type;
    }

    Optional<AnnotationUse> annotation(String simpleName) {
        return find(annotations, simpleName);
    }

    static Optional<AnnotationUse> find(List<AnnotationUse> all, String simpleName) {
        return all.stream().filter(one -> one.simpleName().equals(simpleName)).findFirst();
    }

    static boolean isInjected(List<AnnotationUse> all) {
        return all.stream().anyMatch(one -> INJECT.contains(one.type()) || one.simpleName().equals("Value"));
    }

    List<Member> methods() {
        return methods;
    }

    List<Member> fields() {
        return fields;
    }

    /** What the class file says of a constructor or method. */
    Optional<Member> member(Executable executable) {
        String name = executable instanceof Constructor ? "<init>" : executable.getName();
        String descriptor = descriptor(executable);
        return methods.stream()
                .filter(one -> one.name().equals(name) && one.descriptor().equals(descriptor))
                .findFirst();
    }

    /** The annotations of each parameter; an empty list for one without. */
    List<List<AnnotationUse>> parameters(Executable executable) {
        List<List<AnnotationUse>> told = member(executable).map(Member::parameterAnnotations).orElse(List.of());
        List<List<AnnotationUse>> found = new ArrayList<>();
        // An inner class's outer object is no parameter for annotations, so they are counted from the end.
        int missing = executable.getParameterCount() - told.size();
        for (int i = 0; i < executable.getParameterCount(); i++) {
            found.add(i < missing || told.isEmpty() ? List.of() : told.get(i - missing));
        }
        return found;
    }

    private static String descriptor(Executable executable) {
        StringBuilder text = new StringBuilder("(");
        for (Class<?> parameter : executable.getParameterTypes()) {
            text.append(parameter.descriptorString());
        }
        text.append(')');
        return text.append(executable instanceof Method method ? method.getReturnType().descriptorString() : "V")
                .toString();
    }

    Method method(Member member) {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(member.name()) && descriptor(method).equals(member.descriptor())) {
                return method;
            }
        }
        throw new IllegalStateException(type.getName() + " has no " + member.name() + member.descriptor());
    }

    Field field(Member member) {
        try {
            return type.getDeclaredField(member.name());
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The class and its parents, the farthest first, with Object left out. */
    static List<BeanClass> lineage(Class<?> type) {
        List<BeanClass> found = new ArrayList<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            found.add(0, of(at));
        }
        return found;
    }

    /** All interfaces of a class, inherited ones too. */
    static Set<Class<?>> interfaces(Class<?> type) {
        Set<Class<?>> found = new LinkedHashSet<>();
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            addInterfaces(at, found);
        }
        return found;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> found) {
        for (Class<?> face : type.getInterfaces()) {
            if (found.add(face)) {
                addInterfaces(face, found);
            }
        }
    }

    static boolean implementsNamed(Class<?> type, String simpleName) {
        return interfaces(type).stream().anyMatch(face -> face.getSimpleName().equals(simpleName));
    }
}
