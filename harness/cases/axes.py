"""Axes: named values, and what each of them sets.

An axis sets a dark feature, or one of the settings below. Its values are words; where a word is
not all there is to say, a mapping gives each word its meaning, as `app: {hidden: ../apps/hidden}`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic import model_validator as validator

from harness.settings import CCMA_VERSIONS
from harness.support.suggest import did_you_mean, nearest
from harness.support.wrong_values import said, shown
from harness.support.yaml_source import Misplaced
from harness.vocabulary.behaviours import Chosen
from harness.vocabulary.faults import DESCRIPTIONS, OneFault
from harness.vocabulary.script import STEPS, Behaviour

ON, OFF = "on", "off"

AxisSetting = Literal[
    "admin",
    "app",
    "assessment",
    "browser",
    "ccma",
    "cloud_app",
    "cloud_fault",
    "cloud_install",
    "cloud_switches",
    "consent",
    "core",
    "email_domains",
    "pairing",
    "plan_spaces",
    "server_app",
    "time_scale",
]

Admin = Literal["waits", "cancels"]
Browser = Literal["fresh", "stale", "signed-out"]
Assessment = Literal["needed", "not-needed"]
CloudInstall = Literal["installed", "missing", "no-webhook"]
Consent = Literal["given", "withheld"]
Core = Literal["well", "fails", "incomplete"]
EmailDomains = Literal["trusted", "not-trusted"]
Pairing = Literal["listed", "unlisted", "open"]
ServerApp = Literal["enabled", "disabled"]

WORDS: Mapping[str, tuple[str, ...]] = {
    "admin": get_args(Admin),
    "assessment": get_args(Assessment),
    "browser": get_args(Browser),
    "ccma": CCMA_VERSIONS,
    "cloud_install": get_args(CloudInstall),
    "consent": get_args(Consent),
    "core": get_args(Core),
    "email_domains": get_args(EmailDomains),
    "pairing": get_args(Pairing),
    "server_app": get_args(ServerApp),
}
"""Settings whose values are fixed words."""


class FileModel(BaseModel):
    """What every part of a case file shares: it is frozen, and knows its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class CloudSetup:
    """What a case wants of the cloud, over a site with the app on it and no fault in force.

    Attributes:
        install: whether the cloud app is installed on the site, and with a migration webhook.
        assessment: the admin's decision about the server app.
        consent: whether the admin agreed to the app's migration.
        pairing: whether the Marketplace lists the app's two keys as a pair, without which unequal
            keys are not linked; `open` links every pair of keys.
        core: whether Confluence has a place to export the core migration to; `incomplete`: not for
            attachments.
        email_domains: whether an admin has decided not to trust the users' email domains.
        browser: whether, once the plan's page shows progress, a cache before Confluence keeps it
            (`stale`) or a balancer loses the session at each request for it (`signed-out`).
        server_app: whether UPM has the server app enabled.
        admin: whether the admin stops the plan once the listener is called.
        spaces: the keys of the spaces that the plan takes; all of them without one.
        faults: faults in force, as the control API takes them.
        switches: behaviour that sources disagree on, as the control API takes it.
    """

    install: CloudInstall = "installed"
    assessment: Assessment = "needed"
    consent: Consent = "given"
    pairing: Pairing = "listed"
    core: Core = "well"
    email_domains: EmailDomains = "trusted"
    browser: Browser = "fresh"
    server_app: ServerApp = "enabled"
    admin: Admin = "waits"
    spaces: tuple[str, ...] = ()
    faults: tuple[Mapping[str, Any], ...] = ()
    switches: Mapping[str, Any] = field(default_factory=dict)


def _values(given: object) -> object:
    """Values as word -> meaning; a plain list of words means itself."""
    if isinstance(given, dict):
        return given
    if not isinstance(given, list):
        raise ValueError(
            f"{shown(given)} must be a list of words, or a mapping of each word to its meaning"
        )
    for at, value in enumerate(given):
        if isinstance(value, (list, dict)):
            raise Misplaced(f"{shown(value)} must be one word", (at,))
    words = [str(value) for value in given]
    if len(set(words)) < len(words):
        raise ValueError("a value is here twice")
    return dict(zip(words, words, strict=True))


Values = Annotated[Mapping[str, Any], BeforeValidator(_values), Field(min_length=1)]


class Axis(FileModel):
    """A named set of values, and what they set.

    Attributes:
        dark_feature: the key of the dark feature that the values `off` and `on` switch.
        level: where it is switched; a `system` feature is set when the JVM starts.
        setting: what the values set otherwise.
        values: the words, or each word with its meaning. The first is the default.
    """

    dark_feature: str | None = None
    level: Literal["site", "system"] = "site"
    setting: AxisSetting | None = None
    values: Values

    @validator(mode="after")
    def _sets_one_thing(self) -> "Axis":
        if (self.dark_feature is None) == (self.setting is None):
            raise ValueError("an axis has either a `dark_feature` or a `setting`")
        if self.level == "system" and self.dark_feature is None:
            raise ValueError("only a `dark_feature` has a `level`")
        for word in self.values:
            self.meaning(word)
        return self

    @property
    def words(self) -> tuple[str, ...]:
        """The values' names, in order."""
        return tuple(self.values)

    def meaning(self, word: str) -> Any:
        """What a value stands for, in the type of what it sets.

        Raises:
            ValueError: it cannot be one; says what could.
        """
        given = self.values[word]
        if self.dark_feature is not None:
            return _one_of(given, (OFF, ON)) == ON
        setting = self.setting or ""
        if setting in WORDS:
            return _one_of(given, WORDS[setting])
        try:
            return _MEANINGS[setting].validate_python(given)
        except ValidationError as error:
            first = error.errors()[0]
            where = _without_tags(first["loc"])
            problem = said(first)
            if first["type"] == "missing":
                where = where[:-1]
            elif first["type"] == "union_tag_not_found":
                problem = f"key 'kind' is missing; there are {', '.join(sorted(DESCRIPTIONS))}"
            elif first["type"] == "extra_forbidden":
                problem = (
                    f"no such field{did_you_mean(str(first['loc'][-1]), _fields(first['loc']))}"
                )
            elif first["type"] == "union_tag_invalid":
                where = (*where, "kind")
                kind = first["ctx"]["tag"]
                problem = f"{kind!r} is not a kind of fault{did_you_mean(kind, DESCRIPTIONS)}"
            place = ".".join(str(part) for part in (word, *where))
            raise Misplaced(f"{place}: {problem}", ("values", word, *where)) from None


def _one_of(given: object, allowed: tuple[str, ...]) -> str:
    if str(given) not in allowed:
        raise ValueError(f"{str(given)!r} cannot be{did_you_mean(str(given), allowed)}")
    return str(given)


def _without_tags(place: Sequence[int | str]) -> tuple[int | str, ...]:
    """A validator's place without the words that it adds for the kinds of a union."""
    known = DESCRIPTIONS.keys() | STEPS.keys()
    return tuple(
        part
        for at, part in enumerate(place)
        if not (part in ("Behaviour", "name") and at == 0)
        and not (at and isinstance(place[at - 1], int) and part in known)
    )


def _fields(place: Sequence[int | str]) -> Iterable[str]:
    """The fields that there are at a place in a setting's value."""
    known = DESCRIPTIONS | STEPS | {"Behaviour": Behaviour}
    kinds = [known[str(part)] for part in place[:-1] if str(part) in known]
    fields = (kinds[-1] if kinds else Switches).model_fields
    return [each.alias or name for name, each in fields.items()]


def _faults(given: object) -> object:
    """`none` is no fault; one fault need not be in a list."""
    if given == "none":
        return []
    faults = given if isinstance(given, list) else [given]
    for each in faults:
        if not isinstance(each, dict):
            kind = nearest(str(each), DESCRIPTIONS) or "latency"
            raise ValueError(f"{shown(each)} must be a mapping, such as {{kind: {kind}}}")
    return faults


def _spaces(given: object) -> object:
    """`all` is every space; one key need not be in a list."""
    if given == "all":
        return []
    return [given] if isinstance(given, str) else given


def _switches(given: object) -> object:
    return {} if given == "default" else given


class Switches(FileModel):
    """Switches of the cloud, in the fields of its control API (`docs/cloud.md`, switches)."""

    after_settled: Literal[403, 409] | None = None
    failure_status: Literal["reject", "accept"] | None = None
    unknown_status: Literal[400, 200] | None = None
    in_progress_percent: Literal["0-100", "1-99"] | None = None
    another_apps_transfer: Literal[403, 404] | None = None
    clock_skew: float | None = Field(default=None, ge=0)
    acknowledge_within: float | None = Field(default=None, gt=0)
    retry_first: float | None = Field(default=None, gt=0)
    retry_most: float | None = Field(default=None, gt=0)
    retry_tries: int | None = Field(default=None, ge=1)
    retry_least_wall: float | None = Field(default=None, ge=0)
    forge_tries: int | None = Field(default=None, ge=1)
    forge_empty_hours: float | None = Field(default=None, gt=0)
    region: str | None = None
    scopes: Literal["checked", "ignored"] | None = None
    transfer_days: float | None = Field(default=None, gt=0)
    container_page: Literal["list", "map"] | None = None
    install_audience: Literal["list", "text"] | None = None
    log_message: Literal[1000, 500] | None = None
    server_token_hours: float | None = Field(default=None, gt=0)
    connection_days: float | None = Field(default=None, gt=0)
    descriptors: Literal["checked", "ignored"] | None = None
    content_v1: Literal["served", "gone"] | None = None


_MEANINGS: Mapping[str, TypeAdapter[Any]] = {
    "app": TypeAdapter(Path),
    "cloud_app": TypeAdapter(Chosen),
    "cloud_fault": TypeAdapter(Annotated[tuple[OneFault, ...], BeforeValidator(_faults)]),
    "cloud_switches": TypeAdapter(Annotated[Switches, BeforeValidator(_switches)]),
    "plan_spaces": TypeAdapter(Annotated[tuple[str, ...], BeforeValidator(_spaces)]),
    "time_scale": TypeAdapter(Annotated[float, Field(gt=0, le=3600)]),
}


def added(settings: Mapping[str, Any], setting: str, meaning: Any) -> dict[str, Any]:
    """Settings with what one more axis sets; faults and switches of several axes add up."""
    before = settings.get(setting)
    if before is not None and setting == "cloud_fault":
        meaning = before + meaning
    elif before is not None and setting == "cloud_switches":
        meaning = before.model_copy(update=meaning.model_dump(exclude_none=True))
    return {**settings, setting: meaning}


def set_by(axis: Axis) -> frozenset[str]:
    """What no second axis of a file may set, since one of them would do nothing."""
    if axis.dark_feature:
        return frozenset({f"the {axis.level} feature {axis.dark_feature}"})
    if axis.setting == "cloud_fault":
        return frozenset()
    if axis.setting == "cloud_switches":
        switches = [axis.meaning(word).model_dump(exclude_none=True) for word in axis.words]
        return frozenset(f"the switch {name}" for each in switches for name in each)
    return frozenset({f"the setting {axis.setting}"})


def cloud_setup(settings: Mapping[str, Any]) -> CloudSetup:
    """What the settings of a case ask of the cloud.

    Args:
        settings: setting -> the meaning of the case's value.
    """
    switches: Switches = settings.get("cloud_switches", Switches())
    return CloudSetup(
        install=settings.get("cloud_install", "installed"),
        assessment=settings.get("assessment", "needed"),
        consent=settings.get("consent", "given"),
        pairing=settings.get("pairing", "listed"),
        core=settings.get("core", "well"),
        email_domains=settings.get("email_domains", "trusted"),
        browser=settings.get("browser", "fresh"),
        server_app=settings.get("server_app", "enabled"),
        admin=settings.get("admin", "waits"),
        spaces=settings.get("plan_spaces", ()),
        faults=tuple(fault.model_dump() for fault in settings.get("cloud_fault", ())),
        switches=switches.model_dump(exclude_none=True),
    )
