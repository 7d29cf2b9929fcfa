import zipfile

import pytest

from harness.confluence import apps
from harness.errors import DriverError


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
