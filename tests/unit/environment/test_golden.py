"""Golden homes: what is refused, and what of a container's home and database is kept."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.session import Account
from harness.environment import golden, golden_capture
from harness.errors import BadInput, DriverError
from harness.lifecycle.runs import Run

CONFIGURATION = b"""<?xml version="1.0"?><confluence-configuration>
<setupStep>complete</setupStep><buildNumber>9101</buildNumber><properties>
<property name="atlassian.license.message">AAAB-sentinel-77f0</property>
</properties></confluence-configuration>"""
MANIFEST = golden.Manifest(
    name="ours",
    confluence="atlassian/confluence:9.2",
    image="atlassian/confluence@sha256:aa",
    build=9101,
    base_url="http://127.0.0.1:31999",
    site_features=("a.b",),
    system_features=(),
    licence="0123456789abcdef",
    ccma="3.9.6",
    admin_password="the home's own",
    saved=datetime(2026, 11, 23, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_STATE", str(tmp_path))


@pytest.fixture
def ours() -> Path:
    place = golden.folder() / "ours"
    place.mkdir(parents=True)
    (place / golden.MANIFEST_FILE).write_text(MANIFEST.model_dump_json())
    (place / golden.DUMP_FILE).write_bytes(gzip.compress(b"CREATE TABLE plans"))
    with tarfile.open(place / golden.HOME_FILE, "w:") as archive:
        golden_capture.add_file(archive, golden.CONFIGURATION, CONFIGURATION)
    return place


def test_a_kept_home_is_found_with_its_dump_and_port(ours: Path) -> None:
    kept = golden.kept("ours", MANIFEST.image)
    assert (kept.home, kept.dump) == (ours / golden.HOME_FILE, ours / golden.DUMP_FILE)
    assert kept.http_port == 31999
    assert kept.admin == Account("admin", "the home's own")
    assert golden.names() == ["ours"]


@pytest.mark.usefixtures("ours")
def test_another_image_is_refused_and_both_are_named() -> None:
    with pytest.raises(BadInput, match=r"sha256:aa, build 9101.*another image \(.*sha256:bb\)"):
        golden.kept("ours", "atlassian/confluence@sha256:bb")


def test_another_build_is_refused(ours: Path) -> None:
    other = MANIFEST.model_copy(update={"build": 9200})
    (ours / golden.MANIFEST_FILE).write_text(other.model_dump_json())
    with pytest.raises(BadInput, match="its home is of build 9101, its manifest of build 9200"):
        golden.kept("ours", MANIFEST.image)


@pytest.mark.usefixtures("ours")
def test_a_name_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"'oursi'; did you mean 'ours'\?"):
        golden.kept("oursi", MANIFEST.image)


def test_what_is_not_whole_is_refused(ours: Path) -> None:
    (ours / golden.HOME_FILE).write_bytes(b"no tar at all")
    with pytest.raises(BadInput, match="is of build None"):
        golden.kept("ours", MANIFEST.image)
    (ours / golden.HOME_FILE).unlink()
    with pytest.raises(BadInput, match=r"home\.tar is missing"):
        golden.kept("ours", MANIFEST.image)
    (ours / golden.MANIFEST_FILE).write_text('{"name": 3}')
    with pytest.raises(BadInput, match="not a manifest of a golden home"):
        golden.kept("ours", MANIFEST.image)


@pytest.mark.usefixtures("ours")
def test_a_removed_home_is_gone() -> None:
    golden.remove("ours")
    assert golden.names() == []
    with pytest.raises(BadInput, match="none is kept here yet"):
        golden.remove("ours")


def test_a_homes_configuration_tells_build_and_licence() -> None:
    facts = golden.facts_of(CONFIGURATION)
    assert facts == golden.HomeFacts(9101, Licence("AAAB-sentinel-77f0"))
    assert golden.facts_of(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").build is None
    assert golden.facts_of(b"<a><buildNumber>new</buildNumber></a>").licence is None


@pytest.mark.usefixtures("ours")
def test_a_name_that_is_taken_is_refused_before_anything_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'ours' is there already"):
        golden_capture.save("ours", Run("r", tmp_path / "no-such-run"), lambda _: None, None)


def container_home() -> bytes:
    """What Docker answers for a home: a tar whose names begin with the folder's own."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("confluence.cfg.xml", "standin/users.json", "logs/a.log", "temp/upload1.jar"):
            golden_capture.add_file(archive, f"confluence/{name}", name.encode())
        link = tarfile.TarInfo("confluence/standin/again.json")
        link.type, link.linkname = tarfile.LNKTYPE, "confluence/standin/users.json"
        archive.addfile(link)
    return stream.getvalue()


class FakeDocker:
    """A client whose one container has that home, and whose database dumps that."""

    def __init__(self, status: int = 0) -> None:
        self.containers = self.api = self
        self.status, self.asked = status, []

    def get(self, name: str) -> "FakeDocker":
        return self

    def get_archive(self, path: str) -> tuple[Iterator[bytes], dict[str, str]]:
        content = container_home()
        return (content[at : at + 700] for at in range(0, len(content), 700)), {}

    def exec_create(self, container: str, argv: list[str], stderr: bool) -> dict[str, str]:
        self.asked.append((container, argv))
        return {"Id": "1"}

    def exec_start(self, made: str, stream: bool) -> Iterator[bytes]:
        return iter([b"CREATE ", b"TABLE plans"])

    def exec_inspect(self, made: str) -> dict[str, int]:
        return {"ExitCode": self.status}


def test_of_a_containers_home_what_a_start_makes_anew_is_left_out() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:") as archive:
        golden_capture.InDocker(FakeDocker(), "c", None).add_home(archive)
    stream.seek(0)
    with tarfile.open(fileobj=stream) as found:
        assert found.getnames() == ["standin/users.json", "standin/again.json"]
        link = found.extractfile("standin/again.json")
        assert link is not None
        assert link.read() == b"standin/users.json"


def test_the_database_is_dumped_in_its_container(tmp_path: Path) -> None:
    fake = FakeDocker()
    with gzip.open(tmp_path / "dump.gz", "wb") as file:
        golden_capture.InDocker(fake, "confluence", "database").dump(file)
    assert gzip.decompress((tmp_path / "dump.gz").read_bytes()) == b"CREATE TABLE plans"
    ((container, argv),) = fake.asked
    assert (container, argv[0], argv[-1]) == ("database", "pg_dump", "confluence")


def test_a_dump_that_fails_is_an_error(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "dump.gz", "wb") as file, pytest.raises(DriverError, match="with 1"):
        golden_capture.InDocker(FakeDocker(1), "confluence", "database").dump(file)
