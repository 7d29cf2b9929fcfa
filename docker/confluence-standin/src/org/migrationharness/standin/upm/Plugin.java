package org.migrationharness.standin.upm;

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
 */
public record Plugin(
        PluginDescriptor descriptor, String jar, boolean enabled, Set<String> disabledModules, String license) {
    public String key() {
        return descriptor.key();
    }

    Plugin withEnabled(boolean nowEnabled) {
        return new Plugin(descriptor, jar, nowEnabled, disabledModules, license);
    }

    Plugin withModule(String module, boolean nowEnabled) {
        Set<String> next = new TreeSet<>(disabledModules);
        if (nowEnabled) {
            next.remove(module);
        } else {
            next.add(module);
        }
        return new Plugin(descriptor, jar, enabled, next, license);
    }

    Plugin withLicense(String newLicense) {
        return new Plugin(descriptor, jar, enabled, disabledModules, newLicense);
    }
}
