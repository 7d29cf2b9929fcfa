package org.migrationharness.standin.setup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.migrationharness.standin.store.JsonFile;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * {@code confluence.cfg.xml} in the home: the current step of the set-up, and the input of the earlier ones. A
 * home that says {@code complete} is set up, however that came about.
 */
public final class SetupConfig {
    private static final String SERVER_ID = "confluence.setup.server.id";
    /** The build number of a public sample of 8.6; that of a snapshot must match its home's. */
    private static final String BUILD_NUMBER = "9101";

    private final Path path;
    private final Map<String, String> properties = new TreeMap<>();
    private SetupStep step = SetupStep.LICENSE;

    public SetupConfig(Path home) {
        path = home.resolve("confluence.cfg.xml");
        if (Files.exists(path)) {
            load();
        }
        if (!properties.containsKey(SERVER_ID)) {
            properties.put(SERVER_ID, newServerId());
            save();
        }
    }

    SetupStep step() {
        return step;
    }

    public boolean isComplete() {
        return step == SetupStep.COMPLETE;
    }

    public String serverId() {
        return properties.get(SERVER_ID);
    }

    public String license() {
        return properties.getOrDefault("atlassian.license.message", "");
    }

    /** Stores the next step, together with the input of this one. */
    synchronized void advance(SetupStep next, Map<String, String> input) {
        properties.putAll(input);
        step = next;
        save();
    }

    public void complete() {
        advance(SetupStep.COMPLETE, Map.of("access.mode", "READ_WRITE", "finalizedBuildNumber", BUILD_NUMBER));
    }

    private void load() {
        try (InputStream in = Files.newInputStream(path)) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Element root = factory.newDocumentBuilder().parse(in).getDocumentElement();
            NodeList all = root.getElementsByTagName("property");
            for (int i = 0; i < all.getLength(); i++) {
                Element property = (Element) all.item(i);
                properties.put(property.getAttribute("name"), property.getTextContent());
            }
            NodeList steps = root.getElementsByTagName("setupStep");
            step = SetupStep.of(steps.getLength() == 0 ? "" : steps.item(0).getTextContent().strip());
        } catch (IOException | SAXException e) {
            throw new UncheckedIOException("cannot read " + path, new IOException(e));
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void save() {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n");
        xml.append("<confluence-configuration>\n");
        xml.append("  <setupStep>").append(step.id()).append("</setupStep>\n");
        xml.append("  <setupType>custom</setupType>\n");
        xml.append("  <buildNumber>").append(BUILD_NUMBER).append("</buildNumber>\n");
        xml.append("  <properties>\n");
        Collections.unmodifiableMap(properties).forEach((name, value) -> xml.append("    <property name=\"")
                .append(escaped(name)).append("\">").append(escaped(value)).append("</property>\n"));
        xml.append("  </properties>\n</confluence-configuration>\n");
        JsonFile.write(path, xml.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "");
    }

    /** Four groups of four, the form that licences are issued for. */
    private static String newServerId() {
        String hex = UUID.randomUUID().toString().replace("-", "").toUpperCase(Locale.ROOT);
        return "B" + hex.substring(0, 3) + "-" + hex.substring(3, 7) + "-" + hex.substring(7, 11) + "-"
                + hex.substring(12, 16);
    }
}
