import zipfile

import pytest

from harness.drivers.confluence import apps
from harness.engines import builds
from harness.errors import DriverError
from harness.support import assets


def test_the_life_of_an_app(clean, charts):
    assert apps.find(clean, "charts-plugin") is None
    app = apps.install(clean, charts)
    assert app.enabled
    assert app.user_installed
    assert app.key in {added.key for added in apps.user_installed(clean)}
    assert apps.find(clean, app.key) == app
    apps.uninstall(clean, app.key)
    assert apps.find(clean, app.key) is None
    apps.uninstall(clean, app.key)


def test_installing_over_itself(clean, charts):
    first = apps.install(clean, charts)
    assert apps.install(clean, charts) == first
    assert apps.reinstall(clean, charts) == first


def test_a_bundle_that_does_not_resolve_is_upms_error(clean, tmp_path):
    jar = tmp_path / "unresolved.jar"
    manifest = (
        "Manifest-Version: 1.0\r\nBundle-ManifestVersion: 2\r\n"
        "Bundle-SymbolicName: org.example.unresolved\r\nBundle-Version: 1.0.0\r\n"
        "Import-Package: org.example.exported.by.nobody\r\n\r\n"
    )
    with zipfile.ZipFile(jar, "w") as content:
        content.writestr("META-INF/MANIFEST.MF", manifest)
        content.writestr(
            "atlassian-plugin.xml",
            "<atlassian-plugin key='org.example.unresolved' name='Unresolved' plugins-version='2'>"
            "<plugin-info><version>1.0.0</version></plugin-info></atlassian-plugin>",
        )
    with pytest.raises(DriverError):
        apps.install(clean, jar, within=30)


def test_an_app_is_disabled_and_enabled_again(clean, charts):
    key = apps.install(clean, charts).key
    assert not apps.set_enabled(clean, key, False).enabled
    assert apps.set_enabled(clean, key, True).enabled


def test_a_module_is_switched_by_itself(clean):
    # Its modules are components, which the stand-in runs too.
    component = builds.server_app(assets.sample_app("component"), lambda _: None)
    app = apps.install(clean, component)
    module = app.modules[0].key
    assert not apps.set_module_enabled(clean, app.key, module, False).enabled
    assert apps.set_module_enabled(clean, app.key, module, True).enabled
    with pytest.raises(DriverError):
        apps.set_module_enabled(clean, app.key, "no-such-module", True)


def test_an_app_that_is_not_there(clean):
    with pytest.raises(DriverError):
        apps.set_enabled(clean, "org.example.not-installed", True)
    assert apps.find(clean, "org.example.not-installed") is None


def test_safe_mode_switches_added_apps_off_and_on_again(clean, charts):
    key = apps.install(clean, charts).key
    apps.set_safe_mode(clean, True)
    try:
        assert apps.safe_mode(clean)
        app = apps.find(clean, key)
        assert app is not None
        assert not app.enabled
    finally:
        apps.set_safe_mode(clean, False)
    app = apps.find(clean, key)
    assert app is not None
    assert app.enabled


def test_a_licence_that_is_none_is_refused(clean, charts):
    key = apps.install(clean, charts).key
    assert apps.licence(clean, key) is None
    with pytest.raises(DriverError) as caught:
        apps.set_licence(clean, key, "no-licence-at-all")
    assert "no-licence-at-all" not in str(caught.value)
    found = apps.licence(clean, key)
    assert found is None or not found.valid
    apps.remove_licence(clean, key)
    assert apps.licence(clean, key) is None


def test_the_assistant_is_in_the_list(client, confluence_stack):
    found = {app.key: app for app in apps.listed(client)}[apps.ASSISTANT]
    assert (found.version, found.enabled, found.user_installed) == (
        *(confluence_stack.ccma, True),
        False,
    )
    assert apps.find(client, apps.ASSISTANT) == found
