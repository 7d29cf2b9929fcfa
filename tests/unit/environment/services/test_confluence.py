"""Which services the settings ask for, and the order in which a stack starts them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from placements import AUTHORITY, InDocker

from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.session import Account
from harness.engines.ready import Ready, RealImage
from harness.engines.service import Service
from harness.environment.bring_up import start_services
from harness.environment.services.confluence import ConfluenceSide, Kept, describe, real_image_for
from harness.errors import BadInput, ServiceDied
from harness.settings import Settings

REAL = Settings(confluence="atlassian/confluence:9.2")
READY = Ready("docker", {"confluence": "atlassian/confluence:9.2", "database": "postgres:15.18"})
LICENCE = Licence("AAAB-sentinel-77f0")


def side(settings: Settings, ready: Ready = READY, **given: object) -> ConfluenceSide:
    arguments = {
        "ccma": "3.9.6",
        "authority": AUTHORITY,
        "platform_url": "https://api.atlassian.com",
        "licence": LICENCE,
        "kept": None,
        "progress": lambda _: None,
    }
    return describe(settings, ready, **(arguments | given))


def test_a_real_image_has_a_database_and_the_long_limits() -> None:
    described = side(REAL)
    assert described.database is not None
    assert (described.database.image, described.confluence.image) == (
        "postgres:15.18",
        "atlassian/confluence:9.2",
    )
    assert (described.limits.booted, described.limits.wizard) == (900, 900)
    assert described.setup.licence == LICENCE
    assert described.setup.database is not None


def test_a_stand_in_has_neither() -> None:
    described = side(Settings(), Ready("docker", {"standin": "image"}), licence=None)
    assert described.database is None
    assert described.limits.booted == 60
    assert described.confluence.env(InDocker())["STANDIN_SETUP"] == "complete"


def test_each_new_confluence_has_an_administrator_of_its_own() -> None:
    """Whoever else is on this machine must not be able to log in and install a plugin."""
    standin = Ready("docker", {"standin": "image"})
    first, second = (side(Settings(), standin, licence=None) for _ in range(2))
    assert len(first.setup.admin.password) == 20
    assert first.setup.admin.password != second.setup.admin.password
    given = first.confluence.env(InDocker())["STANDIN_ADMIN_PASSWORD"]
    assert given == first.setup.admin.password


def test_a_stand_in_that_shows_its_wizard_gets_a_licence_of_no_worth() -> None:
    settings = Settings(standin_setup="wizard")
    described = side(settings, Ready("docker", {"standin": "image"}), licence=None)
    assert described.confluence.env(InDocker())["STANDIN_SETUP"] == "wizard"
    assert described.setup.licence is not None


def test_a_real_image_without_a_licence_is_bad_input() -> None:
    with pytest.raises(BadInput, match=r"9\.2 needs a licence.*--licence-file"):
        side(REAL, licence=None)


def test_a_kept_home_needs_no_licence_and_keeps_its_port() -> None:
    admin = Account("someone", "a word")
    kept = Kept(Path("/kept/home.tar"), Path("/kept/dump.gz"), 31999, admin)
    described = side(REAL, licence=None, kept=kept)
    assert described.confluence.archives == {"home": kept.home}
    assert described.confluence.fixed_ports == {"http": 31999}
    assert described.setup.admin == admin
    assert described.database is not None
    assert list(described.database.copies.values()) == [kept.dump]
    asked = side(REAL.model_copy(update={"http_port": 8090}), licence=None, kept=kept)
    assert asked.confluence.fixed_ports == {"http": 8090}


def test_the_images_to_pull() -> None:
    assert real_image_for(Settings()) is None
    assert real_image_for(REAL) == RealImage("atlassian/confluence:9.2", "postgres:15.18-alpine")
    own = Settings(confluence="atlassian/confluence:9.2", database="postgres:16.4")
    assert real_image_for(own) == RealImage("atlassian/confluence:9.2", "postgres:16.4")


@dataclass
class FakeService:
    """A service that was asked to start; its commands answer in turn."""

    service: Service
    answers: list[tuple[int, str]]
    dead: str | None = None
    asked: list[Sequence[str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.service.name

    def ended(self) -> str | None:
        return self.dead

    def output_tail(self, lines: int = 20) -> str:
        return "FATAL: out of shared memory"

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        self.asked.append(argv)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class FakeEngine:
    """Records what it was asked to start, in order."""

    make: Callable[[Service], FakeService]
    started: list[str] = field(default_factory=list)

    def start(self, service: Service) -> FakeService:
        self.started.append(service.name)
        return self.make(service)


APP = replace(side(REAL).confluence, name="cloud-app")


def test_confluence_starts_when_the_database_answers_over_tcp() -> None:
    answers = [(2, "127.0.0.1:5432 - no response"), (1, "rejecting"), (0, "accepting")]
    engine = FakeEngine(lambda service: FakeService(service, answers))
    running = start_services(engine, side(REAL), APP)
    assert [name for name in engine.started if name != "cloud-app"] == ["database", "confluence"]
    assert running["database"].asked == [side(REAL).database_ready] * 3
    assert set(running) == {"database", "confluence", "cloud-app"}


def test_confluence_is_not_started_when_the_database_dies() -> None:
    engine = FakeEngine(lambda service: FakeService(service, [(2, "")], "exited with code 1"))
    with pytest.raises(ServiceDied, match=r"(?s)database exited with code 1.*shared memory"):
        start_services(engine, side(REAL), APP)
    assert "confluence" not in engine.started
