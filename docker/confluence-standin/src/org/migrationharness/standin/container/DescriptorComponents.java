package org.migrationharness.standin.container;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.w3c.dom.Element;

/** The {@code component} and {@code component-import} modules of atlassian-plugin.xml. */
final class DescriptorComponents {
    private static final String FILE = "atlassian-plugin.xml";

    private final PluginFiles files;
    private final Definitions definitions;

    DescriptorComponents(PluginFiles files, Definitions definitions) {
        this.files = files;
        this.definitions = definitions;
    }

    /** A plugin whose manifest names its key is not transformed, so nobody makes beans of its components. */
    void read() throws IOException, ContextException {
        byte[] content = files.read(FILE);
        if (content == null) {
            return;
        }
        for (Element element : SpringXml.children(SpringXml.parse(content, FILE))) {
            String tag = element.getLocalName();
            if (!tag.equals("component") && !tag.equals("component-import")) {
                continue;
            }
            if (files.header("Atlassian-Plugin-Key") != null) {
                definitions.notDone.add("<" + tag + " key=\"" + element.getAttribute("key")
                        + "\">: the manifest has Atlassian-Plugin-Key, so the plugin is not transformed");
            } else if (tag.equals("component")) {
                component(element);
            } else {
                reference(element);
            }
        }
    }

    private void component(Element element) {
        BeanDefinition bean = BeanDefinition.ofClass(name(element), element.getAttribute("class"), FILE);
        // The framework writes default-autowire="autodetect" into the context that it makes of components.
        bean.autowiring = Autowiring.AUTODETECT;
        definitions.add(bean);
        if (element.getAttribute("public").equals("true")) {
            definitions.services.add(new ServiceDefinition(bean.name, interfaces(element), FILE));
        }
    }

    private void reference(Element element) {
        List<String> interfaces = interfaces(element);
        String type = interfaces.isEmpty() ? element.getAttribute("class") : interfaces.get(0);
        definitions.add(BeanDefinition.reference(name(element), type, FILE));
    }

    private static String name(Element element) {
        String alias = element.getAttribute("alias");
        return alias.isEmpty() ? element.getAttribute("key") : alias;
    }

    private static List<String> interfaces(Element element) {
        List<String> found = new ArrayList<>();
        if (!element.getAttribute("interface").isEmpty()) {
            found.add(element.getAttribute("interface"));
        }
        for (Element child : SpringXml.children(element)) {
            if (child.getLocalName().equals("interface")) {
                found.add(child.getTextContent().strip());
            }
        }
        return found;
    }
}
