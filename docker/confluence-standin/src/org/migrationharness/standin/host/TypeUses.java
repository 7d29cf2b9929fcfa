package org.migrationharness.standin.host;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.migrationharness.standin.classfile.ClassFile;
import org.migrationharness.standin.classfile.Member;
import org.migrationharness.standin.classfile.MemberUse;

/** Collects, class by class, what a plugin uses of types that nobody brings. */
final class TypeUses {
    private final Predicate<String> wanted;
    private final Map<String, TypeUse> uses = new LinkedHashMap<>();
    private final Map<String, String> parents = new HashMap<>();
    private final Map<String, Set<String>> declared = new HashMap<>();
    private final Set<MemberUse> inherited = new LinkedHashSet<>();

    /**
     * @param wanted tells of a class, named with slashes, whether it is to be made up
     */
    TypeUses(Predicate<String> wanted) {
        this.wanted = wanted;
    }

    void add(ClassFile file) {
        for (String name : file.references()) {
            use(name);
        }
        addParents(file);
        for (Member field : file.fields()) {
            useTypesOf(field.descriptor());
        }
        Set<String> methods = new HashSet<>();
        for (Member method : file.methods()) {
            methods.add(method.name() + method.descriptor());
            useTypesOf(method.descriptor());
        }
        parents.put(file.name(), file.superName());
        declared.put(file.name(), methods);
        ClassFile.CodeUses code = file.uses();
        code.interfaceOwners().stream().filter(wanted).forEach(name -> use(name).interfaceUse());
        code.caught().stream().filter(wanted).forEach(name -> use(name).thrown());
        for (MemberUse member : code.members()) {
            add(member, code.interfaceOwners());
        }
    }

    /** The types that a class names in its parents and members; what its code does is left out. */
    void addShape(ClassFile file) {
        addParents(file);
        file.fields().forEach(field -> useTypesOf(field.descriptor()));
        file.methods().forEach(method -> useTypesOf(method.descriptor()));
    }

    private void addParents(ClassFile file) {
        if (file.superName() != null && wanted.test(file.superName())) {
            use(file.superName()).classUse();
        }
        for (String face : file.interfaces()) {
            if (wanted.test(face)) {
                use(face).interfaceUse();
            }
        }
    }

    private void add(MemberUse member, Set<String> interfaceOwners) {
        useTypesOf(member.descriptor());
        if (wanted.test(member.owner())) {
            TypeUse use = use(member.owner());
            use.add(member);
            if (member.isMethod() && !interfaceOwners.contains(member.owner())) {
                use.classUse();
            }
        } else {
            inherited.add(member);
        }
    }

    private void useTypesOf(String descriptor) {
        Set<String> types = new HashSet<>();
        ClassFile.addTypes(descriptor, types);
        types.forEach(this::use);
    }

    private TypeUse use(String name) {
        return wanted.test(name) ? uses.computeIfAbsent(name, TypeUses::begun) : new TypeUse();
    }

    private static TypeUse begun(String name) {
        TypeUse use = new TypeUse();
        if (name.endsWith("Exception") || name.endsWith("Error")) {
            use.thrown();
        }
        return use;
    }

    /** The uses of each type, once all classes were added. */
    Map<String, TypeUse> all() {
        for (MemberUse member : inherited) {
            String owner = firstMadeUpParent(member);
            if (owner != null) {
                uses.get(owner).add(new MemberUse(owner, member.name(), member.descriptor(), member.isStatic()));
            }
        }
        inherited.clear();
        return uses;
    }

    /** The made-up parent that a plugin's class has a member from; null when the plugin itself declares it. */
    private String firstMadeUpParent(MemberUse member) {
        String at = member.owner();
        while (at != null && declared.containsKey(at)) {
            if (declared.get(at).contains(member.name() + member.descriptor())) {
                return null;
            }
            at = parents.get(at);
        }
        return at != null && uses.containsKey(at) && !member.name().equals("<init>") ? at : null;
    }
}
