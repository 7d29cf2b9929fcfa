"""A set-up wizard as section 2 of reference/confluence-container.md describes it, in memory."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx

START = ("setuplicense.action", "confLicenseString")
PAGES = {
    "setupstart.action": "<input type=radio name=setupType value=install checked>",
    "setuplicense.action": "<textarea name=confLicenseString></textarea>",
    "setupcluster-start.action": (
        "<input type=hidden name=isClusteringEnabled value=false>"
        "<input type=radio name=newCluster value=newCluster checked><input name=clusterName>"
    ),
    "setupdbchoice-start.action": "<input type=radio name=dbChoice value=embedded checked>",
    "setupdbtype-start.action": (
        "<select name=dbConfigInfo.databaseType><option value=h2>H2</select>"
        "<input name=dbConfigInfo.databaseUrl><input type=hidden name=dbConfigInfo.simple value=x>"
    ),
    "setupdata-start.action": (
        "<input type=submit name=dbchoiceSelect value='Empty Site'>"
        "<input type=hidden name=contentChoice value=demo>"
    ),
    "setupusermanagementchoice-start.action": (
        "<input type=submit name=internal value='Manage users and groups within Confluence'>"
    ),
    "setupadministrator-start.action": (
        "<input name=username id=username><input name=fullName><input name=email>"
        "<input type=password name=password><input type=password name=confirm>"
    ),
}


@dataclass
class Wizard:
    """Serves the given pages in order; each post of valid fields leads to the next."""

    steps: list[str]
    broken_posts: int = 0
    refuses: str | None = None
    root_leads_back_to: str | None = None
    posts: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    at: int = 0
    token: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/wiki")
        if path == "/status":
            return httpx.Response(200, json={"state": self.state})
        if path == "/rest/api/user/current":
            return httpx.Response(200, json={"type": "known", "username": "admin"})
        if path == "/":
            back = self.root_leads_back_to if self.posts else None
            return self.redirect(back or self.page)
        if request.method == "GET":
            return self.form(path.rsplit("/", 1)[-1])
        return self.post(path.rsplit("/", 1)[-1], request.content.decode())

    @property
    def state(self) -> str:
        return "FIRST_RUN" if self.at < len(self.steps) else "RUNNING"

    @property
    def page(self) -> str:
        return self.steps[self.at] if self.at < len(self.steps) else "finishsetup.action"

    def redirect(self, page: str) -> httpx.Response:
        return httpx.Response(302, headers={"location": f"/wiki/setup/{page}"})

    def form(self, page: str, message: str = "") -> httpx.Response:
        if page not in PAGES:
            return httpx.Response(200, html="<title>Set up Confluence</title><h1>Done</h1>")
        self.token += 1
        action = page.replace("-start.action", ".action")
        if page in {"setuplicense.action", "setupstart.action"}:
            action = f"do{page}"
        return httpx.Response(
            200,
            html=f"<title>Set up Confluence</title>{message}"
            f"<form action='{action}' method=post><input type=hidden name=atl_token "
            f"value=tok-{self.token}>{PAGES[page]}</form>",
        )

    def post(self, action: str, content: str) -> httpx.Response:
        fields = dict(parse_qsl(content, keep_blank_values=True))
        self.posts.append((action, fields))
        if self.broken_posts:
            self.broken_posts -= 1
            return httpx.Response(500, text="Spring application context has not been set")
        if fields.get("atl_token") != f"tok-{self.token}":
            return httpx.Response(403)
        if self.refuses and action.startswith(self.refuses):
            message = ""
            if "license" in action:
                message = "<div id=confLicenseString-error>Your license is not valid</div>"
            return self.form(self.page, message)
        self.at += 1
        return self.redirect(self.page)
