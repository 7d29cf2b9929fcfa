package org.migrationharness.standin.pages;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.migrationharness.standin.http.Access;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.Routes;
import org.migrationharness.standin.setup.SetupConfig;
import org.migrationharness.standin.status.Product;

/** General configuration and system information: they tell, and change nothing. */
public final class ConfigurationPages {
    private final SetupConfig config;
    private final Path home;
    private final String baseUrl;

    public ConfigurationPages(SetupConfig config, Path home, String baseUrl) {
        this.config = config;
        this.home = home;
        this.baseUrl = baseUrl;
    }

    public void addTo(Routes routes) {
        routes.get("/admin/viewgeneralconfig.action", Access.SECURE_ADMIN, this::general)
                .get("/admin/systeminfo.action", Access.SECURE_ADMIN, this::system);
    }

    private void general(Exchange exchange) throws IOException {
        exchange.page("generalconfig", Map.of("baseUrl", baseUrl));
    }

    private void system(Exchange exchange) throws IOException {
        Runtime runtime = Runtime.getRuntime();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Confluence Version", Product.VERSION);
        facts.put("Build Number", String.valueOf(Product.BUILD_NUMBER));
        facts.put("Server ID", config.serverId());
        facts.put("Server Base URL", baseUrl);
        facts.put("Confluence Home", home.toString());
        facts.put("Java Version", System.getProperty("java.version"));
        facts.put("Java Runtime", System.getProperty("java.vm.name"));
        facts.put("Operating System", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("System Time Zone", java.time.ZoneId.systemDefault().getId());
        facts.put("Uptime", ManagementFactory.getRuntimeMXBean().getUptime() / 1000 + " seconds");
        facts.put("Used Memory", (runtime.totalMemory() - runtime.freeMemory() >> 20) + " MB");
        facts.put("Maximum Memory", (runtime.maxMemory() >> 20) + " MB");
        exchange.page("systeminfo", Map.of("facts", facts));
    }
}
