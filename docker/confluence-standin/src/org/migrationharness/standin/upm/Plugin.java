package org.migrationharness.standin.upm;

/**
 * An installed plugin as stored in the home.
 *
 * @param descriptor what its jar says
 * @param jar name of the jar's file in the plugin folder
 * @param enabled whether the admin wants it on
 */
public record Plugin(PluginDescriptor descriptor, String jar, boolean enabled) {
    public String key() {
        return descriptor.key();
    }

    Plugin withEnabled(boolean nowEnabled) {
        return new Plugin(descriptor, jar, nowEnabled);
    }
}
