package org.migrationharness.standin.upm;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What {@code atlassian-plugin.xml} says.
 *
 * @param key the plugin key
 * @param name the name that admins see
 * @param version the plugin's version
 * @param vendor the vendor's name, may be empty
 * @param description may be empty
 * @param modules its modules
 * @param instructions headers that it wants for the bundle that is made of it
 */
public record PluginDescriptor(
        String key,
        String name,
        String version,
        String vendor,
        String description,
        List<ModuleDescriptor> modules,
        Map<String, String> instructions) {
    /** A descriptor that an earlier release stored has no instructions. */
    public PluginDescriptor {
        instructions = instructions == null ? Map.of() : Map.copyOf(instructions);
    }

    /**
     * One module of a plugin.
     *
     * @param notRun why the module does nothing here; empty when it is run
     */
    public record ModuleDescriptor(String key, String name, String type, String notRun) {
        private static final Set<String> BEANS = Set.of("component", "component-import");

        /** A module that an earlier release stored says nothing of that. */
        public ModuleDescriptor {
            notRun = notRun == null ? "" : notRun;
        }

        static ModuleDescriptor of(String key, String name, String type) {
            return new ModuleDescriptor(key, name, type,
                    BEANS.contains(type) ? "" : "The stand-in does not run modules of type " + type);
        }

        private ModuleDescriptor inPluginWithKey() {
            return BEANS.contains(type)
                    ? new ModuleDescriptor(key, name, type, "A plugin whose manifest has Atlassian-Plugin-Key is not "
                            + "transformed, so nobody makes a bean of <" + type + ">")
                    : this;
        }
    }

    /** The same plugin, known to have {@code Atlassian-Plugin-Key} in its manifest. */
    PluginDescriptor notTransformed() {
        return new PluginDescriptor(key, name, version, vendor, description,
                modules.stream().map(ModuleDescriptor::inPluginWithKey).toList(), instructions);
    }

    /**
     * Reads a descriptor. The XML is untrusted, so a document type is refused: neither external entities nor
     * entity bombs.
     *
     * @throws JarRejectedException when it is not a descriptor
     */
    static PluginDescriptor parse(InputStream xml) throws IOException, JarRejectedException {
        Element root;
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setXIncludeAware(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            root = builder.parse(xml).getDocumentElement();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        } catch (SAXException e) {
            throw new JarRejectedException("upm.pluginInstall.error.descriptor.parse",
                    "atlassian-plugin.xml cannot be parsed: " + e.getMessage());
        }
        String key = root.getAttribute("key");
        if (!root.getTagName().equals("atlassian-plugin") || !key.matches("[A-Za-z0-9._-]{1,200}")) {
            throw new JarRejectedException("upm.pluginInstall.error.descriptor.parse",
                    "atlassian-plugin.xml has no valid plugin key");
        }
        Element info = child(root, "plugin-info");
        Element vendor = info == null ? null : child(info, "vendor");
        String name = root.getAttribute("name");
        return new PluginDescriptor(
                key,
                name.isEmpty() ? key : name,
                textOf(info, "version"),
                vendor == null ? "" : vendor.getAttribute("name"),
                textOf(info, "description"),
                modulesOf(root),
                instructionsOf(info));
    }

    private static List<ModuleDescriptor> modulesOf(Element root) {
        List<ModuleDescriptor> modules = new ArrayList<>();
        NodeList children = root.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i) instanceof Element element && !element.getAttribute("key").isEmpty()
                    && !element.getTagName().equals("resource")) {
                String key = element.getAttribute("key");
                String name = element.getAttribute("name");
                modules.add(ModuleDescriptor.of(key, name.isEmpty() ? key : name, element.getTagName()));
            }
        }
        return List.copyOf(modules);
    }

    private static Map<String, String> instructionsOf(Element info) {
        Element parent = info == null ? null : child(info, "bundle-instructions");
        Map<String, String> found = new TreeMap<>();
        NodeList children = parent == null ? null : parent.getChildNodes();
        for (int i = 0; children != null && i < children.getLength(); i++) {
            if (children.item(i) instanceof Element element) {
                found.put(element.getTagName(), element.getTextContent().strip().replaceAll("\\s+", " "));
            }
        }
        return found;
    }

    private static Element child(Element parent, String tag) {
        NodeList children = parent.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i) instanceof Element element && element.getTagName().equals(tag)) {
                return element;
            }
        }
        return null;
    }

    private static String textOf(Element parent, String tag) {
        Element element = parent == null ? null : child(parent, tag);
        return element == null ? "" : element.getTextContent().strip();
    }
}
