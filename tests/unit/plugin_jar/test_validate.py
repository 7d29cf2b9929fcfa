import re
import stat
import zipfile

import pytest
from recorded import KEY

from harness.errors import BadInput
from harness.plugin_jar.validate import check_jar, parse_manifest


def test_a_plugin_is_read(make_jar):
    facts = check_jar(make_jar())
    assert (facts.key, facts.version) == (KEY, "1.0.0")


def test_an_obr_names_no_key_of_its_own(make_jar):
    path = make_jar("charts.obr", {"obr.xml": "<repository/>", "atlassian-plugin.xml": None})
    assert check_jar(path).key is None


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"META-INF/MANIFEST.MF": None}, "no META-INF/MANIFEST.MF"),
        ({"atlassian-plugin.xml": None}, "no atlassian-plugin.xml"),
        ({"atlassian-plugin.xml": "<atlassian-plugin"}, "not well-formed"),
        ({"atlassian-plugin.xml": "<plugin key='a'/>"}, "no <atlassian-plugin key"),
        ({"atlassian-plugin.xml": "<atlassian-plugin/>"}, "no <atlassian-plugin key"),
        (
            {"atlassian-plugin.xml": "<atlassian-plugin key='${atlassian.plugin.key}'/>"},
            "did not fill in",
        ),
        (
            {"atlassian-plugin.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><atlassian-plugin key='&b;'/>"},
            "document type",
        ),
        ({"../../etc/cron.d/x": "x"}, "leaves its folder"),
        ({"/etc/x": "x"}, "leaves its folder"),
        ({"a\\..\\b": "x"}, "leaves its folder"),
        ({"C:/x": "x"}, "leaves its folder"),
        ({"bomb": "0" * (17 << 20)}, "zip bomb"),
        ({"atlassian-plugin.xml": " " * (5 << 20)}, "larger than"),
    ],
)
def test_what_is_refused(make_jar, entries, says):
    path = make_jar(entries=entries)
    with pytest.raises(BadInput, match=re.escape(says)) as caught:
        check_jar(path)
    assert caught.value.path == path


def test_a_link_is_refused(make_jar):
    path = make_jar()
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as jar:
        jar.writestr(link, "/etc/passwd")
    with pytest.raises(BadInput, match="leaves its folder"):
        check_jar(path)


def test_a_repeated_entry_is_refused(make_jar):
    path = make_jar()
    with zipfile.ZipFile(path, "a") as jar, pytest.warns(UserWarning, match="Duplicate"):
        jar.writestr("atlassian-plugin.xml", "<other/>")
    with pytest.raises(BadInput, match="there twice"):
        check_jar(path)


def test_a_truncated_jar_is_refused(make_jar):
    path = make_jar()
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadInput, match="not a complete zip"):
        check_jar(path)


def test_a_damaged_entry_is_refused(make_jar):
    path = make_jar()
    content = path.read_bytes()
    at = content.index(b"atlassian-plugin.xml") + len("atlassian-plugin.xml") + 8
    path.write_bytes(content[:at] + b"\xff\xff\xff" + content[at + 3 :])
    with pytest.raises(BadInput):
        check_jar(path)


def test_what_is_no_file_or_no_zip(tmp_path):
    with pytest.raises(BadInput, match="no such file"):
        check_jar(tmp_path / "missing.jar")
    text = tmp_path / "text.jar"
    text.write_text("hello")
    with pytest.raises(BadInput, match="not a complete zip"):
        check_jar(text)


def test_manifest_lines_are_continued_by_a_space():
    text = "Import-Package: com.atlassian.mi\r\n gration.app\r\nA: b\r\n\r\nName: x\r\nC: d\r\n"
    assert parse_manifest(text) == {"Import-Package": "com.atlassian.migration.app", "A": "b"}
