"""The steps of the set-up wizard: how each is recognised and what is sent for it.

A step is known by a control that only its form has, else by its address. What is sent is the
page's own form, with its hidden fields and defaults, and the few fields the step is about. The
table is that of reference/confluence-container.md sections 2.1 and 2.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.pages import Form, HtmlPage
from harness.drivers.confluence.session import Account
from harness.errors import BadInput

_FINISHED = ("finishsetup", "setupsuccessful", "dashboard", "welcome", "login")


@dataclass(frozen=True)
class Database:
    """An external PostgreSQL, for a wizard that asks; the image's variables skip these pages."""

    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class SetupInput:
    """What a Confluence is to be set up with.

    Args:
        admin: the administrator to create.
        licence: needed where ATL_LICENSE_KEY did not give it.
        database: needed where ATL_JDBC_* did not give it; None takes the embedded one.
        full_name: the administrator's.
        email: the administrator's.
    """

    admin: Account
    licence: Licence | None = None
    database: Database | None = None
    full_name: str = "Harness Administrator"
    email: str = "admin@example.com"


Fields = Callable[[SetupInput, Form | None], Mapping[str, str]]


@dataclass(frozen=True)
class SetupStep:
    """One page of the wizard.

    `controls` are form controls that only this page has; `paths` parts of its address;
    `action` where it posts when the page has no form that says so; `drop` default fields that
    must not be sent; `error_id` the element that a refusal of its input shows.
    """

    name: str
    controls: tuple[str, ...]
    paths: tuple[str, ...]
    action: str
    fields: Fields
    drop: frozenset[str] = frozenset()
    error_id: str | None = None

    def form(self, page: HtmlPage) -> Form | None:
        """Return the step's form on a page."""
        forms = (page.form_with(control) for control in self.controls)
        return next((form for form in forms if form is not None), None)

    def submission(self, page: HtmlPage, setup_input: SetupInput) -> tuple[str, dict[str, str]]:
        """Return where to post and what: the page's own fields, then the step's.

        Raises:
            BadInput: the step needs something that was not given.
        """
        form = self.form(page)
        fields = {} if form is None else dict(form.fields)
        fields = {name: value for name, value in fields.items() if name not in self.drop}
        if page.token:
            fields.setdefault("atl_token", page.token)
        action = form.action if form is not None and form.action else self.action
        return action, fields | dict(self.fields(setup_input, form))


def step_of(path: str, page: HtmlPage) -> SetupStep | None:
    """Return the step that a page is, by its controls first, or None for an unknown page."""
    for step in STEPS:
        if step.form(page) is not None:
            return step
    last = path.rsplit("/", 1)[-1]
    return next((step for step in STEPS if any(last.startswith(p) for p in step.paths)), None)


def is_finished(path: str) -> bool:
    """Tell by its address whether a page is beyond the wizard."""
    last = path.rsplit("/", 1)[-1]
    return any(last.startswith(page) for page in _FINISHED)


def _licence(setup_input: SetupInput, _: Form | None) -> Mapping[str, str]:
    if setup_input.licence is None:
        raise BadInput(
            "Confluence asks for a licence and none was given: name a file with one in "
            "HARNESS_LICENCE_FILE (Atlassian publishes 3-hour ones for tests)"
        )
    return {"confLicenseString": setup_input.licence.reveal(), "setupTypeCustom": "Next"}


def _database(setup_input: SetupInput, _: Form | None) -> Mapping[str, str]:
    if setup_input.database is None:
        raise BadInput("Confluence asks for its database's address and none was given")
    return {
        "dbConfigInfo.databaseType": "postgresql",
        "dbConfigInfo.simple": "false",
        "dbConfigInfo.databaseUrl": setup_input.database.url,
        "dbConfigInfo.userName": setup_input.database.user,
        "dbConfigInfo.password": setup_input.database.password,
    }


def _database_choice(setup_input: SetupInput, _: Form | None) -> Mapping[str, str]:
    choice = "embedded" if setup_input.database is None else "custom"
    return {"thisNodeClustered": "false", "dbChoice": choice, "setup-next-button": "Next"}


def _users(_: SetupInput, form: Form | None) -> Mapping[str, str]:
    caption = form.buttons.get("internal", "") if form is not None else ""
    return {"userManagementChoice": "internal"} | ({"internal": caption} if caption else {})


def _administrator(setup_input: SetupInput, _: Form | None) -> Mapping[str, str]:
    return {
        "username": setup_input.admin.user,
        "fullName": setup_input.full_name,
        "email": setup_input.email,
        "password": setup_input.admin.password,
        "confirm": setup_input.admin.password,
        "setup-next-button": "Next",
    }


def _constant(**fields: str) -> Fields:
    return lambda _wanted, _form: fields


def _button(_: SetupInput, form: Form | None) -> Mapping[str, str]:
    """Press the form's first button and leave everything else as it is."""
    return dict(list(form.buttons.items())[:1]) if form is not None else {}


STEPS = (
    SetupStep("start", ("setupType",), ("setupstart",), "dosetupstart.action",
         _constant(setupType="custom")),
    SetupStep("bundle selection", ("thirdPartyPluginKeys",), ("selectbundle",),
         "selectbundle.action", _button),
    SetupStep("licence", ("confLicenseString",), ("setuplicense",), "dosetuplicense.action",
         _licence, error_id="confLicenseString-error"),
    # Sending isClusteringEnabled=false was answered by 500; without it both known ways work.
    SetupStep("deployment type", ("newCluster", "isClusteringEnabled"), ("setupcluster",),
         "setupcluster.action", _constant(newCluster="skipCluster"),
         drop=frozenset({"isClusteringEnabled"})),
    SetupStep("database type", ("dbConfigInfo.databaseType", "dbConfigInfo.databaseUrl"),
         ("setupdbtype",), "setupdbtype.action", _database),
    SetupStep("database choice", ("dbChoice",), ("setupdbchoice",), "setupdbchoice.action",
         _database_choice),
    # The value has a space: sent unencoded, the same page comes back with 200.
    SetupStep("content", ("dbchoiceSelect",), ("setupdata",), "setupdata.action",
         _constant(contentChoice="blank", dbchoiceSelect="Empty Site")),
    SetupStep("user management", ("internal", "userManagementChoice"),
         ("setupusermanagementchoice",), "setupusermanagementchoice.action", _users),
    SetupStep("administrator", ("fullName",), ("setupadministrator",), "setupadministrator.action",
         _administrator),
)  # fmt: skip
"""All known steps. The wizard decides which come, and in what order."""
