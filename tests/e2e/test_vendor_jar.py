"""A vendor's jar from an empty folder: plain javac, a manifest as bnd writes it, no activator.

It asks Confluence for spaces and pages, which only `host:` in app.yaml can tell; and the steps are
those of docs/vendors.md.
"""

import json
import subprocess
import zipfile
from pathlib import Path

from harness_command import Command

from harness.engines import builds

HOST = {
    "com.atlassian.confluence.spaces.Space": "public class Space { }",
    "com.atlassian.confluence.spaces.SpaceManager": """public interface SpaceManager {
        java.util.List<Space> getAllSpaces(); }""",
    "com.atlassian.confluence.pages.Page": """public class Page {
        public String getTitle() { return null; } }""",
    "com.atlassian.confluence.pages.PageManager": """public interface PageManager {
        java.util.List<Page> getPages(com.atlassian.confluence.spaces.Space space, boolean now); }
        """,
    "javax.inject.Inject": """
        @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
        public @interface Inject { }""",
}
LISTENER = """
import com.atlassian.confluence.pages.*;
import com.atlassian.confluence.spaces.*;
import com.atlassian.migration.app.AccessScope;
import com.atlassian.migration.app.gateway.*;
import com.atlassian.migration.app.listener.DiscoverableListener;
import java.io.*;
import java.util.*;
import java.util.stream.Collectors;

public class QuotaListener implements DiscoverableListener {
    private final PageManager pages;
    private final SpaceManager spaces;

    @javax.inject.Inject
    public QuotaListener(PageManager pages, SpaceManager spaces) {
        this.pages = pages;
        this.spaces = spaces;
    }

    @Override
    public void onStartAppMigration(
            AppCloudMigrationGateway gateway, String transferId, MigrationDetailsV1 details) {
        Space first = spaces.getAllSpaces().get(0);
        String titles = pages.getPages(first, true).stream()
                .map(Page::getTitle).collect(Collectors.joining(","));
        try (OutputStream out = gateway.createAppData(transferId, titles)) {
            out.write(titles.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public String getServerAppKey() { return "com.acme.quotas"; }
    @Override public String getCloudAppKey() { return "acme-quotas"; }
    @Override public Set<AccessScope> getDataAccessScopes() {
        return new HashSet<>(Arrays.asList(AccessScope.APP_DATA_OTHER));
    }
}"""
MANIFEST = """Manifest-Version: 1.0
Atlassian-Plugin-Key: com.acme.quotas
Bnd-LastModified: 1700000000000
Bundle-ManifestVersion: 2
Bundle-Name: Quotas
Bundle-SymbolicName: com.acme.quotas
Bundle-Version: 1.0.0
Import-Package: com.atlassian.confluence.pages,com.atlassian.confluence
 .spaces,com.atlassian.migration.app,com.atlassian.migration.app.gateway
 ,com.atlassian.migration.app.listener,java.io,java.lang,java.lang.invok
 e,java.util,java.util.function,java.util.stream,javax.inject
Require-Capability: osgi.ee;filter:="(&(osgi.ee=JavaSE)(version=11))"
Spring-Context: *
Tool: Bnd-6.3.1.202206071316
"""
FILES = {
    "META-INF/MANIFEST.MF": MANIFEST,
    "atlassian-plugin.xml": """<atlassian-plugin key="com.acme.quotas" plugins-version="2">
        <plugin-info><version>1.0.0</version><vendor name="Acme"/></plugin-info>
        <rest key="quotas-rest" path="/quotas"/></atlassian-plugin>""",
    "META-INF/plugin-components/component-confluence": "com.acme.quotas.QuotaListener",
    "META-INF/plugin-components/exports-confluence": "com.acme.quotas.QuotaListener"
    "#com.atlassian.migration.app.listener.DiscoverableListener",
    "META-INF/plugin-components/imports-confluence": "com.atlassian.confluence.pages.PageManager\n"
    "com.atlassian.confluence.spaces.SpaceManager",
    "META-INF/spring/plugin-context.xml": """<beans
        xmlns:atlassian-scanner="http://www.atlassian.com/schema/atlassian-scanner/2">
        <atlassian-scanner:scan-indexes/></beans>""",
}
ANSWERS = """
host:
  com.atlassian.confluence.spaces.SpaceManager.getAllSpaces:
    - {type: com.atlassian.confluence.spaces.Space, key: DS}
  com.atlassian.confluence.pages.PageManager.getPages:
    - {type: com.atlassian.confluence.pages.Page, title: Home}
    - {type: com.atlassian.confluence.pages.Page, title: Sales}
"""


def packed(folder: Path) -> Path:
    """The plugin; what it is compiled to is not in it, as scope `provided` says."""
    library = builds.standin(lambda _: None) / builds.API_JAR
    for name, source in {**HOST, "com.acme.quotas.QuotaListener": LISTENER}.items():
        file = folder / "src" / f"{name.replace('.', '/')}.java"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"package {name.rpartition('.')[0]};\n{source}")
    files = (folder / "src").rglob("*.java")
    classes = folder / "classes"
    javac = ["javac", "--release", "11", "-cp", library, "-d", classes, *files]
    subprocess.run(javac, check=True)
    path = folder / "quotas.jar"
    with zipfile.ZipFile(path, "w") as jar:
        for name, text in FILES.items():
            jar.writestr(name, text)
        inside = "com/acme/quotas/QuotaListener.class"
        jar.write(classes / inside, inside)
    return path


def test_a_plugin_that_needs_a_service_of_confluence_migrates(command: Command) -> None:
    jar = packed(command.folder / "build-of-the-plugin")
    checked = command.run("check", str(jar))
    assert "The stand-in will run it" in checked.stdout
    assert "com.atlassian.confluence.pages" in checked.stdout
    assert command.run("init", "--jar", str(jar)).returncode == 0
    app = command.folder / "migration" / "app.yaml"
    app.write_text(app.read_text() + ANSWERS)

    done = command.run("run", "migration/cases.yaml", "-k", "dev-mode=on", "--json", "out.json")

    assert done.returncode == 0, done.stdout + done.stderr
    (case,) = json.loads((command.folder / "out.json").read_text())["cases"]
    (run,) = (command.folder / "build" / "runs").iterdir()
    kept = json.loads((run / case["artifacts"]["host"]).read_text())
    asked = {call["method"]: call["answered"] for call in kept["calls"]}
    assert asked == {"getAllSpaces": True, "getPages": True}
    journal = (run / case["artifacts"]["journal"]).read_text().splitlines()
    details = [json.loads(line).get("detail") or {} for line in journal]
    assert "Home,Sales" in [detail.get("label") for detail in details]
