package org.migrationharness.standin.host;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.migrationharness.standin.classfile.ClassFile;

/** Makes up the types of the host that a plugin uses and nobody brings, from how it uses them. */
public final class MadeUpTypes {
    private final TypeUses uses;

    /**
     * @param wanted tells of a class, named with slashes, whether it is to be made up
     */
    public MadeUpTypes(Predicate<String> wanted) {
        uses = new TypeUses(wanted);
    }

    /** Takes a class of the plugin, or of a jar that it was given. */
    public void add(ClassFile file) {
        uses.add(file);
    }

    /** Only what other types of a provided jar's class are named in its members: its code is not run by itself. */
    public void addShape(ClassFile file) {
        uses.addShape(file);
    }

    /** Class files by the name of the class, with slashes. */
    public Map<String, byte[]> write() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        uses.all().forEach((name, use) -> files.put(name, MadeUpType.write(name, use)));
        return files;
    }
}
