package org.migrationharness.standin.upm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An installed plugin as stored in the home.
 *
 * @param descriptor what the jar says about it
 * @param jar the name of the jar in the plugin folder
 * @param enabled whether the admin enabled it
 * @param disabledModules the keys of modules that the admin disabled
 * @param license its licence as entered, or null
 * @param dependencies names of the jars of bundles that came with it in an .obr
 */
public record Plugin(
        PluginDescriptor descriptor,
        String jar,
        boolean enabled,
        Set<String> disabledModules,
        String license,
        List<String> dependencies) {
    /** A record that an earlier release stored has no dependencies. */
    public Plugin {
        dependencies = dependencies == null ? List.of() : List.copyOf(dependencies);
    }

    public String key() {
        return descriptor.key();
    }

    Plugin withEnabled(boolean nowEnabled) {
        return new Plugin(descriptor, jar, nowEnabled, disabledModules, license, dependencies);
    }

    Plugin withModule(String module, boolean nowEnabled) {
        Set<String> next = new TreeSet<>(disabledModules);
        if (nowEnabled) {
            next.remove(module);
        } else {
            next.add(module);
        }
        return new Plugin(descriptor, jar, enabled, next, license, dependencies);
    }

    Plugin withLicense(String newLicense) {
        return new Plugin(descriptor, jar, enabled, disabledModules, newLicense, dependencies);
    }

    /** The names of all its jars in the plugin folder. */
    List<String> jars() {
        List<String> all = new ArrayList<>(dependencies);
        all.add(jar);
        return all;
    }
}
