"""How plugins' beans are made on a stand-in, and what happens where they cannot be."""

import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from standin_processes import StandIn, await_running, run_standin

from harness.drivers.confluence import apps, host, upm
from harness.drivers.confluence.session import Account, ConfluenceClient, open_client
from harness.engines import builds
from harness.errors import DriverError
from harness.support import assets

pytestmark = pytest.mark.standin

ADMIN = Account("admin", "admin")
STYLES = {
    "scanner": "scanner-plugin",
    "spring-xml": "spring-xml-plugin",
    "component": "component-plugin",
    "java-config": "java-config-plugin",
    "tracker": "tracker-plugin",
    "rerunnable": "org.migrationharness.apps.rerunnable",
}
"""Sample app -> the server key by which its listener is found."""


@pytest.fixture(scope="module")
def standin(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    home = tmp_path_factory.mktemp("containers")
    with run_standin(built, home, {}, ["atlassian.plugins.enable.wait=3"]) as running:
        await_running(running.url)
        yield running


@pytest.fixture
def client(standin: StandIn) -> Iterator[ConfluenceClient]:
    with open_client(standin.url, ADMIN) as opened:
        yield opened
        for app in apps.user_installed(opened):
            apps.uninstall(opened, app.key)


def jar_of(app: str) -> Path:
    return builds.server_app(assets.sample_app(app), lambda _: None)


def listeners(client: httpx.Client) -> dict[str, bool]:
    found = client.get("/rest/migration/latest/app").raise_for_status().json()["apps"]
    return {app["key"]: app["hasListener"] for app in found}


def log_of(standin: StandIn) -> str:
    return (standin.home / "logs" / "atlassian-confluence.log").read_text()


@pytest.mark.parametrize("app", STYLES)
def test_the_listener_of_each_style_is_found(client: ConfluenceClient, app: str) -> None:
    apps.install(client, jar_of(app))
    assert listeners(client) == {STYLES[app]: True}


def test_a_removed_plugin_leaves_no_listener(client: ConfluenceClient) -> None:
    for app in ("scanner", "tracker"):
        key = apps.install(client, jar_of(app)).key
        apps.uninstall(client, key)
    assert listeners(client) == {}


@pytest.mark.parametrize(
    ("app", "says"),
    [
        ("missing-bean-class", "Cannot find class [org.migrationharness.apps.missingbeanclass"),
        ("missing-dependency", "No qualifying bean of type"),
        ("throwing-bean", "the licence store cannot be opened"),
        ("circular-beans", "unresolvable circular reference"),
        ("wrong-spring-context", "META-INF/spring/renamed.xml"),
    ],
)
def test_a_context_that_cannot_start_is_upms_error_and_leaves_nothing(
    standin: StandIn, client: ConfluenceClient, app: str, says: str
) -> None:
    with pytest.raises(DriverError, match="Unable to start the plugin container") as caught:
        apps.install(client, jar_of(app))
    assert says in str(caught.value)
    assert apps.user_installed(client) == ()
    assert listeners(client) == {}
    assert (
        "[plugin.osgi.factory.OsgiPlugin] onPluginContainerFailed Unable to start the plugin "
        f"container for plugin '{app}-plugin'"
    ) in log_of(standin)


def changed(jar: Path, to: Path, **entries: str | bytes) -> Path:
    """A copy of a jar with some entries replaced; `__` stands for `/`."""
    to.parent.mkdir(exist_ok=True)
    replaced = {name.replace("__", "/"): text for name, text in entries.items()}
    with zipfile.ZipFile(jar) as old, zipfile.ZipFile(to, "w") as new:
        for each in old.namelist():
            if each not in replaced and not each.endswith("/"):
                new.writestr(each, old.read(each))
        for name, text in replaced.items():
            new.writestr(name, text)
    return to


def test_a_context_that_waits_for_a_service_ends_in_time(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    beans = """<beans xmlns:osgi="http://www.eclipse.org/gemini/blueprint/schema/blueprint">
      <osgi:reference id="late" interface="org.migrationharness.apps.missingdependency.ChartStore"/>
    </beans>"""
    jar = changed(
        jar_of("missing-dependency"),
        tmp_path / "waits.jar",
        **{"META-INF__spring__plugin-context.xml": beans},
    )
    begun = time.monotonic()
    with pytest.raises(DriverError, match=r"ChartStore|did not load within 3 seconds"):
        apps.install(client, jar)
    assert time.monotonic() - begun < 20
    assert apps.user_installed(client) == ()


def one_bean(jar: Path, to: Path, body: str, *, major: int | None = None) -> Path:
    """The jar with one bean in its index, whose constructor does this."""
    source = to.parent / "Bean.java"
    source.write_text(f"package org.example; public class Bean {{ public Bean() {{ {body} }} }}")
    subprocess.run(["javac", "--release", "17", "-d", to.parent, source], check=True)
    compiled = bytearray((to.parent / "org/example/Bean.class").read_bytes())
    if major:
        compiled[6:8] = major.to_bytes(2, "big")
    return changed(
        jar,
        to,
        **{
            "META-INF__plugin-components__component": "org.example.Bean",
            "META-INF__plugin-components__exports": "",
            "org__example__Bean.class": bytes(compiled),
        },
    )


def test_a_bean_that_hangs_in_its_constructor_is_given_up(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    body = "synchronized (this) { while (true) { try { wait(); } catch (Exception e) { } } }"
    jar = one_bean(jar_of("rerunnable"), tmp_path / "hangs.jar", body)
    with pytest.raises(DriverError, match=r"did not load within 3 seconds.*org\.example\.Bean"):
        apps.install(client, jar)
    assert apps.user_installed(client) == ()
    assert apps.install(client, jar_of("rerunnable")).enabled


def test_a_bean_of_a_newer_java_is_named(client: ConfluenceClient, tmp_path: Path) -> None:
    jar = one_bean(jar_of("rerunnable"), tmp_path / "newer.jar", "", major=69)
    with pytest.raises(DriverError, match=r"org/example/Bean has been compiled by a more recent"):
        apps.install(client, jar)
    assert apps.user_installed(client) == ()


def with_manifest(jar: Path, to: Path, *changes: tuple[str, str]) -> Path:
    """A copy of a jar with some text of its manifest replaced."""
    with zipfile.ZipFile(jar) as old:
        manifest = old.read("META-INF/MANIFEST.MF").decode().replace("\r\n", "\n")
    manifest = manifest.replace("\n ", "")
    for before, after in changes:
        assert before in manifest
        manifest = manifest.replace(before, after)
    folded = "\n".join(folds(line) for line in manifest.splitlines())
    return changed(jar, to, **{"META-INF__MANIFEST.MF": f"{folded}\n"})


def folds(line: str) -> str:
    """A manifest's line has at most 72 bytes."""
    return line if len(line) <= 70 else f"{line[:70]}\n {folds(line[70:])}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ("com.atlassian.sal.api.transaction;resolution:=optional,", ""),
            r"'scanner-plugin'.*NoClassDefFoundError: com/atlassian/sal/api/transaction/",
        ),
        (
            ("Spring-Context: *", "Spring-Context: *\nBundle-ClassPath: lib"),
            r"Cannot find class \[org\.migrationharness\.apps\.scanner\.\w+\]",
        ),
    ],
)
def test_a_manifest_that_contradicts_the_index_is_upms_error(
    client: ConfluenceClient, tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    jar = with_manifest(jar_of("scanner"), tmp_path / "contradicts.jar", change)
    with pytest.raises(DriverError, match=says):
        apps.install(client, jar)
    assert apps.user_installed(client) == ()
    assert listeners(client) == {}


SAL_IMPORT = "com.atlassian.sal.api;resolution:=optional,"


def test_one_host_package_imported_in_two_versions_is_refused(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    twice = 'com.atlassian.sal.api;version="[3,4)",com.atlassian.sal.api;version="[4,5)",'
    jar = with_manifest(jar_of("scanner"), tmp_path / "twice.jar", (SAL_IMPORT, twice))
    with pytest.raises(DriverError, match=r"[Dd]uplicate import.*com\.atlassian\.sal\.api"):
        apps.install(client, jar)
    assert apps.user_installed(client) == ()


@pytest.mark.parametrize(("range_", "fits"), [("[4.4,5)", True), ("[5,6)", False)])
def test_a_given_jar_serves_the_versions_that_it_has(
    client: ConfluenceClient, tmp_path: Path, range_: str, fits: bool
) -> None:
    given = tmp_path / "sal-api.jar"
    compiled(given, "com.atlassian.sal.api", "ApplicationProperties", "String getBaseUrl();")
    exported = 'Manifest-Version: 1.0\nExport-Package: com.atlassian.sal.api;version="4.4.2"\n'
    host.prepare(
        client,
        [changed(given, tmp_path / "given" / "sal.jar", **{"META-INF__MANIFEST.MF": exported})],
        {},
    )
    wanted = (SAL_IMPORT, f'com.atlassian.sal.api;version="{range_}",')
    jar = with_manifest(jar_of("scanner"), tmp_path / "ranged.jar", wanted)
    try:
        if fits:
            assert apps.install(client, jar).enabled
        else:
            with pytest.raises(DriverError, match=r"could not be resolved.*sal\.api.*5\.0\.0"):
                apps.install(client, jar)
            assert apps.user_installed(client) == ()
    finally:
        host.prepare(client, [], {})


def test_a_dependency_of_another_version_is_not_taken(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    library = tmp_path / "library.jar"
    compiled(library, "com.atlassian.charts", "Charts", "int count();")
    exported = (
        "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: charts\n"
        'Export-Package: com.atlassian.charts;version="1.2"\n'
    )
    library = changed(library, tmp_path / "lib.jar", **{"META-INF__MANIFEST.MF": exported})
    newer = (SAL_IMPORT, f'{SAL_IMPORT}com.atlassian.charts;version="[2,3)",')
    obr = tmp_path / "charts.obr"
    with zipfile.ZipFile(obr, "w") as out:
        out.writestr("obr.xml", "<repository/>")
        out.write(with_manifest(jar_of("scanner"), tmp_path / "newer.jar", newer), "scanner.jar")
        out.write(library, "dependencies/charts.jar")
    with pytest.raises(DriverError, match=r"could not be resolved.*atlassian\.charts.*2\.0\.0"):
        apps.install(client, obr)
    assert apps.user_installed(client) == ()
    # Nothing of it is left in the framework: somebody who exports the package would serve it.
    older = (SAL_IMPORT, f"{SAL_IMPORT}com.atlassian.charts,")
    apps.install(client, with_manifest(jar_of("scanner"), tmp_path / "older.jar", older))
    told = client.get("/rest/standin/1.0/plugins/scanner-plugin").json()
    assert "com.atlassian.charts" in told["madeUpPackages"]


def test_a_jar_inside_gets_what_it_needs_of_the_host(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    source = tmp_path / "Inner.java"
    source.write_text(
        "package org.example; public class Inner { public Inner() { "
        "if (!com.atlassian.charts.Charts.of().isEmpty()) throw new IllegalStateException(); } }"
    )
    (tmp_path / "com").mkdir()
    library = tmp_path / "com" / "Charts.java"
    library.write_text(
        "package com.atlassian.charts; public class Charts "
        "{ public static String of() { return null; } }"
    )
    subprocess.run(["javac", "--release", "17", "-d", tmp_path, source, library], check=True)
    inner = tmp_path / "inner.jar"
    with zipfile.ZipFile(inner, "w") as out:
        out.write(tmp_path / "org/example/Inner.class", "org/example/Inner.class")
    manifest = (
        SAL_IMPORT,
        f"{SAL_IMPORT}com.atlassian.charts,com.atlassian.plugin.osgi.bridge.external,",
    )
    outer = with_manifest(
        jar_of("scanner"),
        tmp_path / "outer.jar",
        manifest,
        ("Spring-Context: *", "Spring-Context: *\nBundle-ClassPath: .,lib/inner.jar"),
    )
    with zipfile.ZipFile(outer) as opened:
        beans = opened.read("META-INF/plugin-components/component").decode()
    whole = changed(
        outer,
        tmp_path / "whole.jar",
        **{
            "lib__inner.jar": inner.read_bytes(),
            "META-INF__plugin-components__component": f"{beans}\norg.example.Inner\n",
        },
    )
    assert apps.install(client, whole).enabled


def test_what_bnd_imports_of_java_is_accepted(client: ConfluenceClient) -> None:
    with zipfile.ZipFile(jar_of("scanner")) as jar:
        assert "java.io" in jar.read("META-INF/MANIFEST.MF").decode().replace("\r\n ", "")
    assert apps.install(client, jar_of("scanner")).enabled


def test_modules_that_are_not_run_say_why(client: ConfluenceClient) -> None:
    (module,) = apps.install(client, jar_of("scanner")).modules
    assert (module.key, module.enabled) == ("charts-rest", False)
    assert module.reason == "The stand-in does not run modules of type rest"


def test_components_of_a_plugin_with_a_key_are_not_run(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    manifest = "Manifest-Version: 1.0\nAtlassian-Plugin-Key: component-plugin\n"
    jar = changed(
        jar_of("component"), tmp_path / "keyed.jar", **{"META-INF__MANIFEST.MF": manifest}
    )
    app = apps.install(client, jar)
    assert [module.enabled for module in app.modules] == [False, False]
    assert "is not transformed" in str(app.modules[0].reason)
    assert listeners(client) == {"component-plugin": False}


def test_host_packages_are_made_up_or_served_by_a_given_jar(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    def told() -> dict[str, list[str]]:
        answer = client.get("/rest/standin/1.0/plugins/scanner-plugin").raise_for_status().json()
        return {name: answer[name] for name in ("madeUpPackages", "providedPackages")}

    apps.install(client, jar_of("scanner"))
    assert "com.atlassian.sal.api" in told()["madeUpPackages"]
    apps.uninstall(client, "scanner-plugin")
    given = tmp_path / "sal-api.jar"
    compiled(given, "com.atlassian.sal.api", "ApplicationProperties", "String getBaseUrl();")
    host.prepare(client, [given], {})
    apps.install(client, jar_of("scanner"))
    assert told()["providedPackages"] == ["com.atlassian.sal.api"]
    assert "com.atlassian.sal.api" not in told()["madeUpPackages"]
    with pytest.raises(DriverError, match="two jars provide the package"):
        host.prepare(client, [given, shutil.copy(given, tmp_path / "other.jar")], {})
    host.prepare(client, [], {})


def compiled(jar: Path, package: str, name: str, body: str) -> None:
    """Compiles an interface into a jar, as a vendor has it from a repository."""
    source = jar.parent / f"{name}.java"
    source.write_text(f"package {package};\npublic interface {name} {{ {body} }}\n")
    subprocess.run(["javac", "--release", "17", "-d", jar.parent, source], check=True)
    inside = f"{package.replace('.', '/')}/{name}.class"
    with zipfile.ZipFile(jar, "w") as out:
        out.write(jar.parent / inside, inside)


def test_an_obr_is_installed_with_its_bundles(client: ConfluenceClient, tmp_path: Path) -> None:
    obr = tmp_path / "charts.obr"
    with zipfile.ZipFile(obr, "w") as out:
        out.writestr("obr.xml", "<repository/>")
        out.write(jar_of("scanner"), "scanner.jar")
        out.write(jar_of("rerunnable"), "dependencies/rerunnable.jar")
    assert apps.install(client, obr).key == "scanner-plugin"
    found = client.get("/rest/migration/latest/app").json()["apps"]
    assert [app["hasListener"] for app in found] == [True]
    apps.uninstall(client, "scanner-plugin")
    assert listeners(client) == {}


def test_a_name_without_jar_is_no_plugin_artifact(client: ConfluenceClient) -> None:
    token = client.get(upm.ROOT).headers["upm-token"]
    accepted = client.post(
        upm.ROOT,
        params={"token": token},
        files={"plugin": ("abc", jar_of("rerunnable").read_bytes())},
    )
    task = upm.parse_task(accepted)
    assert task.error is not None
    assert "The artifact URI abc is not a valid plugin artifact" in task.error
    assert apps.user_installed(client) == ()


def test_an_app_that_is_left_disabled_is_enabled_and_that_is_known(
    built: Path, tmp_path: Path
) -> None:
    with run_standin(built, tmp_path, {}, ["standin.upm.left.disabled=true"]) as running:
        await_running(running.url)
        with open_client(running.url, ADMIN) as client:
            app = apps.install(client, jar_of("rerunnable"))
            assert (app.enabled, app.left_disabled) == (True, True)
            assert listeners(client) == {STYLES["rerunnable"]: True}


def with_classes(jar: Path, to: Path, sources: dict[str, str], **entries: str) -> Path:
    """The jar with classes compiled into it: those of org.example; the others are the host's."""
    folder = to.parent / to.stem
    files = []
    for name, source in sources.items():
        file = folder / "src" / f"{name.replace('.', '/')}.java"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"package {name.rpartition('.')[0]}; {source}")
        files.append(file)
    subprocess.run(["javac", "--release", "17", "-d", folder, *files], check=True)
    own = {
        str(each.relative_to(folder)).replace("/", "__"): each.read_bytes()
        for each in folder.glob("org/example/*.class")
    }
    return changed(jar, to, **own, **entries)


BEAN = """public class Bean {
    private final String name; private final int size; private Other other; private String text;
    private boolean begun;
    public Bean(String name, int size) { this.name = name; this.size = size; }
    public void setOther(Other other) { this.other = other; }
    public void setText(String text) { this.text = text; }
    public void begin() { begun = true; }
    public void check() {
        if (!(name.equals("n") && size == 7 && other != null && "t".equals(text) && begun)) {
            throw new IllegalStateException(name + size + other + text + begun);
        }
    }
}"""


@pytest.mark.parametrize(
    "beans",
    [
        """<beans {names} default-autowire="byName" default-init-method="begin">
             <bean id="other" class="org.example.Other"/>
             <bean id="bean" class="org.example.Bean">
               <constructor-arg index="1" value="7"/><constructor-arg index="0" value="n"/>
               <property name="text" value="t"/>
             </bean>
             <bean class="org.example.Checks"><property name="bean" ref="bean"/></bean>
           </beans>""",
        """<beans {names}>
             <bean id="bean" parent="base" c:_0="n" c:_1="7" init-method="begin"/>
             <bean id="base" abstract="true" class="org.example.Bean" p:text="t" p:other-ref="o"/>
             <bean id="o" class="org.example.Makes"/>
             <bean class="org.example.Checks" autowire="byType"/>
           </beans>""",
    ],
    ids=["by the file's defaults", "by parent and short forms"],
)
def test_spring_s_ways_to_fill_a_bean(client: ConfluenceClient, tmp_path: Path, beans: str) -> None:
    schema = "http://www.springframework.org/schema"
    names = f'xmlns="{schema}/beans" xmlns:p="{schema}/p" xmlns:c="{schema}/c"'
    sources = {
        "org.example.Bean": BEAN,
        "org.example.Other": "public class Other { }",
        "org.example.Makes": "public class Makes implements FactoryBean<Other> { "
        "public Other getObject() { return new Other(); } "
        "public Class<?> getObjectType() { return Other.class; } }",
        "org.example.FactoryBean": "public interface FactoryBean<T> { T getObject(); }",
        "org.example.Checks": "public class Checks { public void setBean(Bean b) { b.check(); } }",
    }
    jar = with_classes(
        jar_of("rerunnable"),
        tmp_path / "filled.jar",
        sources,
        **{"META-INF__spring__filled.xml": beans.format(names=names)},
    )
    assert apps.install(client, jar).enabled


def test_what_the_container_lacks_is_said_beside_the_failure(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    beans = """<beans xmlns:util="http://www.springframework.org/schema/util">
      <util:list id="names"><value>a</value></util:list>
      <bean id="bean" class="org.example.Bean"><constructor-arg ref="names"/></bean></beans>"""
    source = "public class Bean { public Bean(java.util.List<String> names) { } }"
    jar = with_classes(
        jar_of("rerunnable"),
        tmp_path / "lacks.jar",
        {"org.example.Bean": source},
        **{"META-INF__spring__lacks.xml": beans},
    )
    why = r"No bean named 'names'.*may be since the stand-in does not have <util:list>"
    with pytest.raises(DriverError, match=why):
        apps.install(client, jar)


HOST_TYPES = {
    "com.atlassian.x.Chart": "public class Chart { public String getTitle() { return null; } "
    "public long getId() { return 0; } public Chart getParent() { return null; } }",
    "com.atlassian.x.Charts": "public interface Charts { Chart find(String key); "
    "java.util.List<Chart> all(); Chart[] some(); int count(); }",
    "com.atlassian.x.Store": "public interface Store { <T> T[] find(Class<T> type); }",
}
CHARTS = "com.atlassian.x.Charts."


def test_stated_answers_are_objects_of_the_hosts_types(
    client: ConfluenceClient, tmp_path: Path
) -> None:
    source = """import com.atlassian.x.*;
    public class Bean {
      public Bean(Charts charts, Store store) {
        Chart one = charts.find("k");
        String told = one.getTitle() + one.getId() + one.getParent().getTitle()
            + charts.all().get(1).getTitle() + charts.some()[0].getId() + charts.count()
            + store.find(Bean.class).length;
        if (!told.equals("A7Bc820")) throw new IllegalStateException(told);
      }
    }"""
    context = """<beans xmlns:osgi="http://www.springframework.org/schema/osgi">
      <osgi:reference id="charts" interface="com.atlassian.x.Charts"/>
      <osgi:reference id="store" interface="com.atlassian.x.Store"/>
      <bean class="org.example.Bean"><constructor-arg ref="charts"/><constructor-arg ref="store"/>
      </bean></beans>"""
    jar = with_classes(
        jar_of("rerunnable"),
        tmp_path / "asks.jar",
        HOST_TYPES | {"org.example.Bean": source},
        **{"META-INF__spring__asks.xml": context},
    )
    importing = ("com.atlassian.migration.app,", "com.atlassian.x,com.atlassian.migration.app,")
    jar = with_manifest(jar, tmp_path / "importing.jar", importing)
    chart = "com.atlassian.x.Chart"
    host.prepare(
        client,
        [],
        {
            f"{CHARTS}find": {"title": "A", "id": 7, "parent": {"title": "B"}},
            f"{CHARTS}all": [{"type": chart, "title": "b"}, {"type": chart, "title": "c"}],
            f"{CHARTS}some": [{"id": 8}],
            f"{CHARTS}count": 2,
        },
    )
    assert apps.install(client, jar).enabled
    apps.uninstall(client, "rerunnable-plugin")
    host.prepare(client, [], {f"{CHARTS}find": "a text"})
    why = r"the stand-in does not have a com\.atlassian\.x\.Chart for the value \"a text\""
    with pytest.raises(DriverError, match=why):
        apps.install(client, jar)
    host.prepare(client, [], {})
