package org.migrationharness.standin.bundles;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.Version;

/**
 * What a bundle was given of the host.
 *
 * @param types the class files that were made up, by name with slashes
 * @param madeUp the packages in which types were made up, dotted
 * @param provided the packages that jars of the vendor's serve
 * @param jars names of these jars
 * @param versions the versions that these jars say their packages have
 */
record HostPart(
        Map<String, byte[]> types,
        Set<String> madeUp,
        Set<String> provided,
        List<String> jars,
        Map<String, Version> versions) {
}
