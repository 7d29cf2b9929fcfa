package org.migrationharness.standin;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.setup.SetupVariables;

/**
 * What the environment of the process says, read once at the start. The image's own variables keep their
 * names and meaning; {@code STANDIN_*} and {@code CCMA_*} are ours.
 *
 * @param home the Confluence home
 * @param profile the behaviour of the CCMA version asked for
 * @param platformUrl where the cloud's server side answers
 * @param cloudUrl the site that this server is connected to
 * @param httpPort 0 takes any free port
 * @param synchronyPort 0 takes any free port
 * @param bind address to listen on
 * @param portsFile where to write the ports taken, or null
 * @param adminUser name of the admin that a preset set-up makes
 * @param adminPassword their password
 * @param timeScale how much faster than the wall this JVM's clock runs; limits that must hold in wall time
 *     are multiplied by it
 * @param logToStdout the application log goes to stdout instead of the file
 * @param presetSetup a home that is not set up is set up at once, with the admin above
 * @param twoStepLogin the newer login form is shown instead of the legacy one
 * @param basicAllowed HTTP Basic is open, as it is by default before 10.2
 * @param assessmentPresumed apps count as assessed, needed in cloud and agreed to until an admin says else
 * @param accessLog whether requests are logged
 * @param setupVariables answers of the image's variables to pages of the set-up wizard
 */
public record Settings(
        Path home,
        Profile profile,
        URI platformUrl,
        URI cloudUrl,
        int httpPort,
        int synchronyPort,
        String bind,
        Path portsFile,
        String adminUser,
        String adminPassword,
        int timeScale,
        boolean logToStdout,
        boolean presetSetup,
        boolean twoStepLogin,
        boolean basicAllowed,
        boolean assessmentPresumed,
        boolean accessLog,
        SetupVariables setupVariables) {

    /**
     * @throws IllegalArgumentException with one line that names the variable, when a value makes no sense
     */
    public static Settings from(Map<String, String> env) {
        String portsFile = text(env, "STANDIN_PORTS_FILE", "");
        return new Settings(
                Path.of(text(env, "CONFLUENCE_HOME", "/var/atlassian/application-data/confluence")),
                Profile.named(text(env, "CCMA_VERSION", Profile.FIXED.version())),
                url(env, "CCMA_PLATFORM_URL", "https://api.atlassian.com"),
                url(env, "CCMA_CLOUD_URL", "https://demo.atlassian.net"),
                number(env, "STANDIN_HTTP_PORT", 8090, 0, 65535),
                number(env, "STANDIN_SYNCHRONY_PORT", 8091, 0, 65535),
                text(env, "STANDIN_BIND", "0.0.0.0"),
                portsFile.isEmpty() ? null : Path.of(portsFile),
                text(env, "STANDIN_ADMIN_USER", "admin"),
                text(env, "STANDIN_ADMIN_PASSWORD", "admin"),
                scale(env),
                Boolean.parseBoolean(text(env, "CONFLUENCE_LOG_STDOUT", "false")),
                choice(env, "STANDIN_SETUP", "complete", "wizard").equals("complete"),
                choice(env, "STANDIN_LOGIN", "legacy", "tsv").equals("tsv"),
                choice(env, "STANDIN_BASIC", "on", "off").equals("on"),
                choice(env, "STANDIN_ASSESSMENT", "presumed", "asked").equals("presumed"),
                Boolean.parseBoolean(text(env, "ATL_TOMCAT_ACCESS_LOG", "true")),
                SetupVariables.from(env));
    }

    private static String text(Map<String, String> env, String name, String fallback) {
        String value = env.get(name);
        return value == null || value.isBlank() ? fallback : value.strip();
    }

    /** One of the values; the first is the default. */
    private static String choice(Map<String, String> env, String name, String... values) {
        String value = text(env, name, values[0]);
        if (!List.of(values).contains(value)) {
            throw new IllegalArgumentException(
                    name + "=" + value + " is none of " + String.join(", ", values));
        }
        return value;
    }

    private static int number(Map<String, String> env, String name, int fallback, int low, int high) {
        String value = text(env, name, Integer.toString(fallback));
        try {
            int parsed = Integer.parseInt(value);
            if (parsed >= low && parsed <= high) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            // said below, for both ways of being wrong
        }
        throw new IllegalArgumentException(
                name + "=" + value + " is no whole number from " + low + " to " + high);
    }

    /** A fraction is rounded up: limits may last longer in wall time, never shorter. */
    private static int scale(Map<String, String> env) {
        String value = text(env, "STANDIN_TIME_SCALE", "1");
        try {
            double parsed = Double.parseDouble(value);
            if (parsed > 0 && parsed <= 100_000) {
                return (int) Math.ceil(parsed);
            }
        } catch (NumberFormatException e) {
            // said below, for both ways of being wrong
        }
        throw new IllegalArgumentException("STANDIN_TIME_SCALE=" + value + " is no number up to 100000");
    }

    private static URI url(Map<String, String> env, String name, String fallback) {
        String value = text(env, name, fallback).replaceAll("/+$", "");
        try {
            URI uri = URI.create(value);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below, for both ways of being wrong
        }
        throw new IllegalArgumentException(name + "=" + value + " is no http or https URL with a host");
    }
}
