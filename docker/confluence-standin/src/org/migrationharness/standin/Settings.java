package org.migrationharness.standin;

import java.nio.file.Path;
import java.util.Map;
import org.migrationharness.standin.ccma.AssistantSettings;
import org.migrationharness.standin.ccma.pages.PageSettings;
import org.migrationharness.standin.ccma.platform.PlatformSettings;
import org.migrationharness.standin.ccma.profile.Profile;
import org.migrationharness.standin.http.OwnHosts;
import org.migrationharness.standin.security.LoginSettings;
import org.migrationharness.standin.setup.SetupSettings;
import org.migrationharness.standin.setup.SetupVariables;
import org.migrationharness.standin.tomcat.WebServerSettings;

/**
 * The settings of the process, read once from its environment. The variables of the real image keep their
 * names and meaning; {@code STANDIN_*} and {@code CCMA_*} are ours.
 *
 * @param process what concerns the whole process
 * @param web the web server
 * @param setup the set-up wizard, or what takes its place
 * @param login which ways to log in are open
 * @param assistant the migration assistant
 */
record Settings(
        ProcessSettings process,
        WebServerSettings web,
        SetupSettings setup,
        LoginSettings login,
        AssistantSettings assistant) {

    /**
     * @param home the Confluence home
     * @param timeScale how many times faster than wall time this JVM's clock runs
     * @param logToStdout whether the application log goes to stdout instead of its file
     * @param portsFile the file that receives the ports in use, or null
     */
    record ProcessSettings(Path home, int timeScale, boolean logToStdout, Path portsFile) {
    }

    /**
     * @throws IllegalArgumentException with one line that names the variable, when a value is invalid
     */
    static Settings from(Map<String, String> variables) {
        Environment env = new Environment(variables);
        Path home = Path.of(env.text("CONFLUENCE_HOME", "/var/atlassian/application-data/confluence"));
        int timeScale = env.scale("STANDIN_TIME_SCALE");
        return new Settings(
                process(env, home, timeScale), web(env, home, timeScale), setup(env), login(env),
                assistant(env, home, timeScale));
    }

    private static ProcessSettings process(Environment env, Path home, int timeScale) {
        String portsFile = env.text("STANDIN_PORTS_FILE", "");
        return new ProcessSettings(home, timeScale, env.flag("CONFLUENCE_LOG_STDOUT", false),
                portsFile.isEmpty() ? null : Path.of(portsFile));
    }

    private static WebServerSettings web(Environment env, Path home, int timeScale) {
        WebServerSettings.Ports ports = new WebServerSettings.Ports(
                env.port("STANDIN_HTTP_PORT", 8090), env.port("STANDIN_SYNCHRONY_PORT", 8091));
        return new WebServerSettings(home, env.text("STANDIN_BIND", "0.0.0.0"), ports, timeScale,
                env.flag("ATL_TOMCAT_ACCESS_LOG", true), new OwnHosts(env.names("STANDIN_HOSTS")));
    }

    private static SetupSettings setup(Environment env) {
        return new SetupSettings(
                env.choice("STANDIN_SETUP", "complete", "wizard").equals("complete"),
                env.text("STANDIN_ADMIN_USER", "admin"),
                env.text("STANDIN_ADMIN_PASSWORD", "admin"),
                SetupVariables.from(env.variables()));
    }

    private static LoginSettings login(Environment env) {
        return new LoginSettings(
                env.choice("STANDIN_LOGIN", "legacy", "tsv").equals("tsv"),
                env.choice("STANDIN_BASIC", "on", "off").equals("on"));
    }

    private static AssistantSettings assistant(Environment env, Path home, int timeScale) {
        PlatformSettings platform = new PlatformSettings(
                env.url("CCMA_PLATFORM_URL", "https://api.atlassian.com"),
                env.url("CCMA_CLOUD_URL", "https://demo.atlassian.net"),
                timeScale,
                env.choice("STANDIN_PROTOCOL", "own", "other").equals("own"));
        return new AssistantSettings(home, Profile.named(env.text("CCMA_VERSION", Profile.DEFAULT)),
                platform, env.choice("STANDIN_ASSESSMENT", "presumed", "asked").equals("presumed"),
                new PageSettings(env.choice("STANDIN_PAGES", "script", "server").equals("script"),
                        env.number("STANDIN_PAGES_DELAY", 0, 60_000)));
    }
}
