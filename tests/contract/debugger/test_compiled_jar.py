"""`harness check JAR` on class files as javac writes them."""

import zipfile
from pathlib import Path

from harness.plugin_jar.classfile import Constant
from harness.plugin_jar.read import read_plugin

DESCRIPTOR = '<atlassian-plugin key="org.example.charts"><plugin-info/></atlassian-plugin>'


def test_a_compiled_listener_is_read(java_classes: Path, tmp_path: Path):
    path = tmp_path / "plugin.jar"
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        jar.writestr("atlassian-plugin.xml", DESCRIPTOR)
        for each in (java_classes / "app").rglob("*.class"):
            jar.write(each, str(each.relative_to(java_classes / "app")))
    plugin = read_plugin(path)
    listener, second = sorted(plugin.listeners, key=lambda each: each.name)

    assert listener.name == "org.example.ChartsListener"
    assert second.server_key == Constant("second-plugin")
    assert listener.server_key == Constant("charts-plugin")
    assert listener.cloud_key is None
    assert plugin.java >= 17
    assert plugin.used_packages == ("com.atlassian.migration.app",)
    assert plugin.problems == ()
