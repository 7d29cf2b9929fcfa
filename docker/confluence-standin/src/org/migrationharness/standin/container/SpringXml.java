package org.migrationharness.standin.container;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Reads {@code META-INF/spring/*.xml}: beans, references to services, exported services, the scanner's element. */
final class SpringXml {
    private final PluginFiles files;
    private final Definitions definitions;
    private final Map<String, Element> parents = new HashMap<>();
    private Usual usual = new Usual(Autowiring.NO, false, null, null);
    private int anonymous;

    SpringXml(PluginFiles files, Definitions definitions) {
        this.files = files;
        this.definitions = definitions;
    }

    /**
     * @param file the file's path in the bundle
     * @throws ContextException when it is not there or not XML
     */
    void read(String file) throws IOException, ContextException {
        byte[] content = files.read(file);
        if (content == null) {
            throw new ContextException("IOException parsing XML document from URL [" + file
                    + "]; nested exception is java.io.FileNotFoundException: " + file + " is not in the bundle");
        }
        readBeans(parse(content, file), file);
    }

    static Element parse(byte[] content, String file) throws IOException, ContextException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            // Old files name Spring's DTD; nothing is fetched for them.
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new InputSource(new ByteArrayInputStream(content))).getDocumentElement();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        } catch (SAXException e) {
            throw new ContextException("XML document from " + file + " is invalid: " + e.getMessage(), e);
        }
    }

    /** What the attributes of a {@code beans} element say of the beans in it. */
    private record Usual(Autowiring autowiring, boolean lazy, String initMethod, String destroyMethod) {
        static Usual of(Element root) {
            return new Usual(
                    Autowiring.of(root.getAttribute("default-autowire"), Autowiring.NO),
                    root.getAttribute("default-lazy-init").equals("true"),
                    orNull(root.getAttribute("default-init-method")),
                    orNull(root.getAttribute("default-destroy-method")));
        }
    }

    private void readBeans(Element root, String file) throws IOException, ContextException {
        Usual outer = usual;
        usual = Usual.of(root);
        try {
            readElements(root, file);
        } finally {
            usual = outer;
        }
    }

    private void readElements(Element root, String file) throws IOException, ContextException {
        for (Element element : children(root)) {
            // Children name their parents by id, wherever those stand.
            if ("bean".equals(element.getLocalName()) && !element.getAttribute("id").isEmpty()) {
                parents.put(element.getAttribute("id"), element);
            }
        }
        for (Element element : children(root)) {
            String namespace = element.getNamespaceURI() == null ? "" : element.getNamespaceURI();
            String name = element.getLocalName();
            if (namespace.contains("atlassian-scanner")) {
                new ScannerIndex(files, definitions).read(words(element.getAttribute("profile")));
            } else if (namespace.contains("/osgi") || namespace.contains("blueprint")) {
                osgi(element, file);
            } else if (namespace.endsWith("/context")) {
                context(element);
            } else if (name.equals("beans")) {
                readBeans(element, file);
            } else if (name.equals("import")) {
                read(relative(file, element.getAttribute("resource")));
            } else if (name.equals("alias")) {
                definitions.aliases.put(element.getAttribute("alias"), element.getAttribute("name"));
            } else if (name.equals("bean")) {
                bean(element, file);
            } else if (!name.equals("description")) {
                definitions.unsupported.add("<" + element.getTagName() + "> in " + file);
            }
        }
    }

    private void context(Element element) throws IOException {
        switch (element.getLocalName()) {
            case "component-scan" ->
                definitions.scannedPackages.addAll(words(element.getAttribute("base-package")));
            case "property-placeholder" -> {
                definitions.strictPlaceholders = !element.getAttribute("ignore-unresolvable").equals("true");
                for (String location : words(element.getAttribute("location"))) {
                    load(location);
                }
            }
            default -> { }
        }
    }

    private void load(String location) throws IOException {
        byte[] content = files.read(location.replaceFirst("^classpath\\*?:", "").replaceFirst("^/", ""));
        if (content != null) {
            Properties read = new Properties();
            read.load(new ByteArrayInputStream(content));
            definitions.placeholders.putAll(read);
        }
    }

    private void osgi(Element element, String file) throws ContextException, IOException {
        String id = element.getAttribute("id");
        switch (element.getLocalName()) {
            case "reference", "list", "set" -> {
                String type = element.getAttribute("interface");
                if (type.isEmpty()) {
                    type = interfaces(element).stream().findFirst().orElse("");
                }
                BeanDefinition reference = BeanDefinition.reference(
                        id.isEmpty() ? Definitions.defaultName(type) : id, type, file);
                reference.optional = (element.getAttribute("cardinality")
                        + element.getAttribute("availability")).matches("0\\.\\.[1N]|optional");
                reference.many = !element.getLocalName().equals("reference");
                definitions.add(reference);
            }
            case "service" -> {
                String bean = element.getAttribute("ref");
                for (Element child : children(element)) {
                    if (child.getLocalName().equals("bean")) {
                        bean = bean(child, file).name;
                    }
                }
                List<String> types = new ArrayList<>(interfaces(element));
                if (!element.getAttribute("interface").isEmpty()) {
                    types.add(element.getAttribute("interface"));
                }
                definitions.services.add(new ServiceDefinition(bean, types, file));
            }
            default -> definitions.unsupported.add("<" + element.getTagName() + "> in " + file);
        }
    }

    private static List<String> interfaces(Element element) {
        List<String> found = new ArrayList<>();
        for (Element child : children(element)) {
            if (child.getLocalName().equals("interfaces")) {
                children(child).forEach(value -> found.add(value.getTextContent().strip()));
            }
        }
        return found;
    }

    private BeanDefinition bean(Element element, String file) throws ContextException, IOException {
        String className = element.getAttribute("class");
        String name = element.getAttribute("id");
        if (name.isEmpty()) {
            name = words(element.getAttribute("name")).stream().findFirst()
                    .orElse(className + "#" + anonymous++);
        }
        BeanDefinition definition = BeanDefinition.ofClass(name, className, file);
        for (Element each : withParents(element)) {
            take(each, definition, file);
        }
        className = definition.className;
        if (isPlaceholders(className)) {
            placeholders(definition);
        } else if (className.startsWith("org.springframework.")) {
            definitions.unsupported.add("the bean " + name + " of Spring's class " + className + " in " + file);
        } else if (!element.getAttribute("abstract").equals("true")) {
            definitions.add(definition);
        }
        return definition;
    }

    /** A bean's element after those of its parents, so that its own words come last. */
    private List<Element> withParents(Element element) {
        List<Element> found = new ArrayList<>();
        for (Element at = element; at != null && !found.contains(at); at = parents.get(at.getAttribute("parent"))) {
            found.add(0, at);
        }
        return found;
    }

    private void take(Element element, BeanDefinition definition, String file) throws ContextException, IOException {
        if (element.hasAttribute("class")) {
            definition.className = element.getAttribute("class");
        }
        definition.prototype = element.getAttribute("scope").equals("prototype");
        definition.lazy = element.getAttribute("lazy-init").isEmpty()
                ? usual.lazy() : element.getAttribute("lazy-init").equals("true");
        definition.primary = element.getAttribute("primary").equals("true");
        definition.initMethod = or(element.getAttribute("init-method"), definition.initMethod);
        definition.destroyMethod = or(element.getAttribute("destroy-method"), definition.destroyMethod);
        definition.usualInitMethod = usual.initMethod();
        definition.usualDestroyMethod = usual.destroyMethod();
        definition.factoryMethod = or(element.getAttribute("factory-method"), definition.factoryMethod);
        definition.factoryBean = or(element.getAttribute("factory-bean"), definition.factoryBean);
        definition.autowiring = Autowiring.of(element.getAttribute("autowire"), usual.autowiring());
        Map<Integer, ValueSpec> indexed = new TreeMap<>();
        for (Element child : children(element)) {
            switch (child.getLocalName()) {
                case "constructor-arg" -> {
                    String index = child.getAttribute("index");
                    indexed.put(index.isEmpty() ? indexed.size() : Integer.parseInt(index), value(child, file));
                }
                case "property" -> definition.properties.put(child.getAttribute("name"), value(child, file));
                case "description", "meta" -> { }
                default -> definitions.unsupported.add("<" + child.getTagName() + "> in " + definition);
            }
        }
        shortForms(element, definition, indexed);
        if (!indexed.isEmpty()) {
            definition.arguments.clear();
            definition.arguments.addAll(indexed.values());
        }
    }

    /** Attributes such as {@code p:name-ref} and {@code c:_0}, which stand for elements. */
    private static void shortForms(Element element, BeanDefinition definition, Map<Integer, ValueSpec> indexed) {
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Node each = element.getAttributes().item(i);
            String namespace = each.getNamespaceURI() == null ? "" : each.getNamespaceURI();
            boolean refers = each.getLocalName() != null && each.getLocalName().endsWith("-ref");
            String name = refers
                    ? each.getLocalName().substring(0, each.getLocalName().length() - "-ref".length())
                    : each.getLocalName();
            ValueSpec value = refers
                    ? new ValueSpec.Reference(each.getNodeValue()) : new ValueSpec.Text(each.getNodeValue());
            if (namespace.equals("http://www.springframework.org/schema/p")) {
                definition.properties.put(name, value);
            } else if (namespace.equals("http://www.springframework.org/schema/c")) {
                indexed.put(name.matches("_\\d{1,3}") ? Integer.parseInt(name.substring(1)) : indexed.size(), value);
            }
        }
    }

    private static boolean isPlaceholders(String className) {
        return className.endsWith("PropertyPlaceholderConfigurer")
                || className.endsWith("PropertySourcesPlaceholderConfigurer");
    }

    private void placeholders(BeanDefinition definition) throws IOException {
        definitions.strictPlaceholders = true;
        for (String property : List.of("location", "locations")) {
            ValueSpec value = definition.properties.get(property);
            if (value instanceof ValueSpec.Text text) {
                load(text.value());
            } else if (value instanceof ValueSpec.Many many) {
                for (ValueSpec item : many.items()) {
                    load(((ValueSpec.Text) item).value());
                }
            }
        }
    }

    private ValueSpec value(Element element, String file) throws ContextException, IOException {
        if (element.hasAttribute("ref")) {
            return new ValueSpec.Reference(element.getAttribute("ref"));
        }
        if (element.hasAttribute("value")) {
            return new ValueSpec.Text(element.getAttribute("value"));
        }
        List<Element> inside = children(element);
        return inside.isEmpty() ? new ValueSpec.Text(element.getTextContent().strip()) : inner(inside.get(0), file);
    }

    private ValueSpec inner(Element element, String file) throws ContextException, IOException {
        return switch (element.getLocalName()) {
            case "ref" -> new ValueSpec.Reference(element.hasAttribute("bean")
                    ? element.getAttribute("bean") : element.getAttribute("local"));
            case "bean" -> new ValueSpec.Reference(bean(element, file).name);
            case "null" -> new ValueSpec.Nothing();
            case "list", "set", "array" -> new ValueSpec.Many(items(element, file));
            case "map", "props" -> new ValueSpec.Pairs(pairs(element, file));
            case "reference" -> {
                osgi(element, file);
                yield new ValueSpec.Reference(element.getAttribute("id").isEmpty()
                        ? Definitions.defaultName(element.getAttribute("interface")) : element.getAttribute("id"));
            }
            default -> new ValueSpec.Text(element.getTextContent().strip());
        };
    }

    private List<ValueSpec> items(Element element, String file) throws ContextException, IOException {
        List<ValueSpec> found = new ArrayList<>();
        for (Element child : children(element)) {
            found.add(inner(child, file));
        }
        return found;
    }

    private List<ValueSpec> pairs(Element element, String file) throws ContextException, IOException {
        List<ValueSpec> found = new ArrayList<>();
        for (Element child : children(element)) {
            found.add(child.hasAttribute("key-ref")
                    ? new ValueSpec.Reference(child.getAttribute("key-ref"))
                    : new ValueSpec.Text(child.getAttribute("key")));
            found.add(child.hasAttribute("value-ref")
                    ? new ValueSpec.Reference(child.getAttribute("value-ref"))
                    : value(child, file));
        }
        return found;
    }

    private static String relative(String file, String resource) {
        return resource.startsWith("classpath:")
                ? resource.substring("classpath:".length())
                : file.substring(0, file.lastIndexOf('/') + 1) + resource;
    }

    private static String orNull(String text) {
        return or(text, null);
    }

    private static String or(String text, String other) {
        return text.isEmpty() ? other : text;
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("[\\s,;]+"));
    }

    static List<Element> children(Element parent) {
        List<Element> found = new ArrayList<>();
        NodeList all = parent.getChildNodes();
        for (int i = 0; i < all.getLength(); i++) {
            if (all.item(i).getNodeType() == Node.ELEMENT_NODE) {
                found.add((Element) all.item(i));
            }
        }
        return found;
    }
}
