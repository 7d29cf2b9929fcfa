package org.migrationharness.standin.upm;

import java.io.IOException;
import java.nio.file.Path;

/** Where the file of an installation comes from. */
@FunctionalInterface
interface Artifact {
    /**
     * The file, which is the task's from then on.
     *
     * @throws JarRejectedException when there is none that UPM would install
     */
    Path fetch() throws IOException, JarRejectedException;

    /** UPM knows an artifact's kind by its name alone. */
    static void checkName(String name) throws JarRejectedException {
        if (!name.matches("(?i).*\\.(jar|obr)")) {
            throw new JarRejectedException("upm.pluginInstall.error.unknown", "The artifact URI " + name
                    + " is not a valid plugin artifact. Unknown error, plugin not installed");
        }
    }
}
