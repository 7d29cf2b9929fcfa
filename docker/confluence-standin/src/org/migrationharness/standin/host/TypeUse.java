package org.migrationharness.standin.host;

import java.util.LinkedHashSet;
import java.util.Set;
import org.migrationharness.standin.classfile.MemberUse;

/** What is known of a type that nobody brings: what the plugin does with it. */
final class TypeUse {
    private final Set<MemberUse> members = new LinkedHashSet<>();
    private boolean usedAsInterface;
    private boolean usedAsClass;
    private boolean thrown;

    void interfaceUse() {
        usedAsInterface = true;
    }

    void classUse() {
        usedAsClass = true;
    }

    void thrown() {
        thrown = true;
        usedAsClass = true;
    }

    void add(MemberUse member) {
        members.add(member);
        if (!member.isMethod() && !member.isStatic() || member.name().equals("<init>")) {
            usedAsClass = true;
        }
    }

    Set<MemberUse> members() {
        return members;
    }

    boolean isThrown() {
        return thrown;
    }

    /** Where nothing tells, an interface: a verifier takes any object for one. */
    boolean isInterface() {
        return usedAsInterface || !usedAsClass;
    }

    /** Whether it looks like an enum: it has constants of its own type, and what only enums have. */
    boolean isEnum(String name) {
        String own = "L" + name + ";";
        boolean constants = members.stream()
                .anyMatch(each -> each.isStatic() && each.descriptor().equals(own));
        return constants && members.stream().anyMatch(each -> each.descriptor().equals("()[" + own)
                || each.name().equals("ordinal") || each.name().equals("name")
                || each.name().equals("valueOf") && each.isStatic());
    }
}
