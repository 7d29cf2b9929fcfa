package org.migrationharness.standin.container;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.osgi.framework.Bundle;

/** The files of a plugin's bundle. */
final class PluginFiles {
    private final Bundle bundle;

    PluginFiles(Bundle bundle) {
        this.bundle = bundle;
    }

    Bundle bundle() {
        return bundle;
    }

    /** A file's content, or null. */
    byte[] read(String path) throws IOException {
        URL url = bundle.getEntry(path);
        if (url == null) {
            return null;
        }
        try (InputStream in = url.openStream()) {
            return in.readAllBytes();
        }
    }

    /** Names of the files in a folder that match a pattern such as {@code *.xml}. */
    List<String> list(String folder, String pattern, boolean deep) {
        var found = bundle.findEntries(folder, pattern, deep);
        List<String> names = new ArrayList<>();
        if (found != null) {
            Collections.list(found).forEach(url -> names.add(url.getPath().replaceFirst("^/+", "")));
        }
        Collections.sort(names);
        return names;
    }

    String header(String name) {
        return bundle.getHeaders("").get(name);
    }
}
