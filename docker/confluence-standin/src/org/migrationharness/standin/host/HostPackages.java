package org.migrationharness.standin.host;

import java.util.List;

/**
 * Which packages Confluence exports to plugins. The whole list is not published per version; these are the
 * beginnings of those that public plugins import from it ("provided" in their builds).
 */
public final class HostPackages {
    private static final List<String> PREFIXES = List.of(
            "com.atlassian", "io.atlassian", "org.springframework", "org.eclipse.gemini.blueprint",
            "org.slf4j", "org.apache.log4j", "org.apache.logging.log4j", "org.apache.commons",
            "org.apache.velocity", "org.apache.struts2", "org.apache.lucene", "org.apache.http",
            "javax.inject", "javax.annotation", "javax.servlet", "javax.ws.rs", "javax.xml.bind", "javax.mail",
            "javax.activation", "javax.persistence", "jakarta", "com.google.common", "com.fasterxml.jackson",
            "org.codehaus.jackson", "org.joda.time", "org.dom4j", "org.jdom", "com.opensymphony", "bucket",
            "net.sf.hibernate", "org.hibernate", "com.sun.mail", "com.thoughtworks.xstream", "net.java.ao",
            "org.aopalliance", "org.json", "com.querydsl");
    /** The assistant's own library, and what it is told apart from. */
    private static final List<String> NOT = List.of("com.atlassian.migration.app", "com.atlassian.migration.agent");

    private HostPackages() {
    }

    /** Whether Confluence is the one to export a package. A large jar asks this some hundred thousand times. */
    public static boolean contains(String packageName) {
        return any(PREFIXES, packageName) && !any(NOT, packageName);
    }

    private static boolean any(List<String> prefixes, String packageName) {
        for (String prefix : prefixes) {
            if (begins(packageName, prefix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean begins(String packageName, String prefix) {
        return packageName.startsWith(prefix)
                && (packageName.length() == prefix.length() || packageName.charAt(prefix.length()) == '.');
    }

    /** The package of a class whose name has slashes, dotted. */
    public static String packageOf(String internalName) {
        int end = internalName.lastIndexOf('/');
        return end < 0 ? "" : internalName.substring(0, end).replace('/', '.');
    }
}
