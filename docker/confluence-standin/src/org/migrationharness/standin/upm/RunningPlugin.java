package org.migrationharness.standin.upm;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.migrationharness.standin.bundles.BundleMaker.MadeBundle;
import org.migrationharness.standin.container.PluginContainer;
import org.osgi.framework.Bundle;

/**
 * A plugin that runs: its bundles, the last of which is its own, and their containers.
 *
 * @param key the plugin's key
 * @param bundles those it depends on first
 * @param made what each was made from
 * @param containers those that were started
 */
record RunningPlugin(
        String key, List<Bundle> bundles, List<MadeBundle> made, List<PluginContainer> containers) {
    boolean isActive() {
        return !bundles.isEmpty() && bundles.get(bundles.size() - 1).getState() == Bundle.ACTIVE;
    }

    boolean has(Bundle bundle) {
        return bundles.contains(bundle);
    }

    /** Packages of the host in which types were made up for it. */
    Set<String> madeUp() {
        Set<String> all = new TreeSet<>();
        made.forEach(one -> all.addAll(one.madeUp()));
        return all;
    }

    /** Packages of the host that provided jars serve. */
    Set<String> provided() {
        Set<String> all = new TreeSet<>();
        made.forEach(one -> all.addAll(one.fromJars()));
        return all;
    }

    /** What its files ask for that the container does not do. */
    Set<String> notDone() {
        Set<String> all = new TreeSet<>();
        containers.forEach(one -> all.addAll(one.notDone()));
        return all;
    }
}
