package org.migrationharness.standin.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The index that Atlassian's Spring Scanner writes at build time: one class a line, with a name or interfaces
 * behind {@code #}. A file for one product has its name as a suffix, and a profile's files have a folder.
 */
final class ScannerIndex {
    private static final String FOLDER = "META-INF/plugin-components/";

    private final PluginFiles files;
    private final Definitions definitions;

    ScannerIndex(PluginFiles files, Definitions definitions) {
        this.files = files;
        this.definitions = definitions;
    }

    /**
     * Reads the index.
     *
     * @param profiles the profiles that the context asks for; empty for the default one
     */
    void read(List<String> profiles) throws IOException {
        List<String> folders = new ArrayList<>();
        if (profiles.isEmpty()) {
            folders.add(FOLDER);
        }
        profiles.forEach(profile -> folders.add(FOLDER + "profile-" + profile + "/"));
        for (String folder : folders) {
            for (String suffix : List.of("", "-confluence")) {
                components(folder + "component" + suffix);
                imports(folder + "imports" + suffix);
            }
            for (String suffix : List.of("", "-confluence")) {
                exports(folder + "exports" + suffix);
            }
        }
    }

    private void components(String file) throws IOException {
        for (String[] line : lines(file)) {
            String name = line.length > 1 ? line[1] : Definitions.defaultName(line[0]);
            definitions.add(BeanDefinition.ofClass(name, line[0], file));
        }
    }

    private void imports(String file) throws IOException {
        for (String[] line : lines(file)) {
            String name = line.length > 1 ? line[1] : Definitions.defaultName(line[0]);
            definitions.add(BeanDefinition.reference(name, line[0], file));
        }
    }

    private void exports(String file) throws IOException {
        for (String[] line : lines(file)) {
            List<String> interfaces = line.length > 1 ? List.of(line[1].split("\\s*,\\s*")) : List.of();
            String bean = definitions.beans.values().stream()
                    .filter(one -> line[0].equals(one.className) && one.kind == BeanDefinition.BeanKind.BEAN)
                    .map(one -> one.name)
                    .findFirst()
                    .orElse(null);
            if (bean == null) {
                // An export alone makes no bean; the scanner names the class among the components too.
                definitions.notDone.add(file + " exports " + line[0] + ", which is not among the components");
            } else {
                definitions.services.add(new ServiceDefinition(bean, interfaces, file));
            }
        }
    }

    private List<String[]> lines(String file) throws IOException {
        List<String[]> found = new ArrayList<>();
        byte[] content = files.read(file);
        if (content != null) {
            for (String line : new String(content, StandardCharsets.UTF_8).split("\\R")) {
                if (!line.isBlank()) {
                    found.add(line.strip().split("#", 2));
                }
            }
        }
        return found;
    }
}
