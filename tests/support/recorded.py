"""Answers as the real Confluence is reported to give them, served by an httpx transport.

Their source is reference/confluence-container.md (sections named beside each) and
app-migration-platform.md section 4.5: written from the facts, not recorded from a live instance.
"""

import json
from collections.abc import Callable
from typing import Any

import httpx

from harness.drivers.confluence.session import Account, ConfluenceClient, open_client

BASE = "http://confluence.test/wiki"
ADMIN = Account("admin", "s3cret-word")

Answer = httpx.Response | Callable[[httpx.Request], httpx.Response] | Exception


class Recorded(httpx.MockTransport):
    """Answers each route with its answers in turn, the last one for ever; keeps the requests."""

    def __init__(self, routes: dict[str, Answer | list[Answer]]) -> None:
        self.requests: list[httpx.Request] = []
        self._routes = {
            route: list(answers) if isinstance(answers, list) else [answers]
            for route, answers in routes.items()
        }
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        path = request.url.path.removeprefix("/wiki")
        answers = self._routes.get(f"{request.method} {path}")
        if not answers:
            return httpx.Response(404, text=f"no such route: {request.method} {path}")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def sent(self, route: str) -> list[httpx.Request]:
        """Return the requests to a route such as `POST /rest/plugins/1.0/`."""
        method, path = route.split(" ", 1)
        return [
            request
            for request in self.requests
            if request.method == method and request.url.path.removeprefix("/wiki") == path
        ]


def client(routes: dict[str, Answer | list[Answer]]) -> tuple[ConfluenceClient, Recorded]:
    """Return an administrator's client with Basic and the transport that answers it."""
    recorded = Recorded(routes)
    return open_client(BASE, ADMIN, transport=recorded), recorded


def json_answer(status: int, body: Any, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=named)


# -- UPM, section 4.1 ---------------------------------------------------------------------------

KEY = "org.example.charts-plugin"
RESOURCE = f"/rest/plugins/1.0/{KEY}-key"
PENDING = "/rest/plugins/1.0/pending/42"
TOKEN = httpx.Response(200, json={"plugins": []}, headers={"upm-token": "-6789"})


def plugin(*, enabled: bool = True, version: str = "1.0.0") -> httpx.Response:
    body = {
        "key": KEY,
        "name": "Charts",
        "version": version,
        "enabled": enabled,
        "userInstalled": True,
        "modules": [
            {"key": "listener", "completeKey": f"{KEY}:listener", "enabled": enabled},
            {"key": "macro", "name": "Chart macro", "enabled": enabled},
        ],
    }
    return json_answer(200, body, content_type="application/vnd.atl.plugins.plugin+json")


def task_body(stage: str, *, done: bool = False, **status: Any) -> dict[str, Any]:
    return {
        "type": "INSTALL",
        "pingAfter": 100,
        "status": {
            "done": done,
            "statusCode": 200,
            "contentType": f"application/vnd.atl.plugins.install.{stage}+json",
            **status,
        },
        "links": {"self": f"/wiki{PENDING}"},
    }


def task(stage: str, *, done: bool = False, **status: Any) -> httpx.Response:
    return json_answer(200, task_body(stage, done=done, **status))


def accepted(stage: str = "downloading") -> httpx.Response:
    """The answer to an upload: 202, the task's JSON inside a textarea, labelled as HTML."""
    text = json.dumps(task_body(stage)).replace("<", "&lt;").replace('"', "&quot;")
    return httpx.Response(
        202,
        text=f"<textarea>{text}</textarea>",
        headers={"content-type": "text/html", "location": f"/wiki{PENDING}"},
    )


def task_error(text: str | None, sub_code: str | None = None) -> httpx.Response:
    """A failed task: `err` in the content type, no pingAfter."""
    body = {
        "type": "INSTALL",
        "status": {
            "done": True,
            "contentType": "application/vnd.atl.plugins.task.install.err+json",
            "errorMessage": text,
            "subCode": sub_code,
        },
        "links": {"self": f"/wiki{PENDING}"},
    }
    return json_answer(200, body)


# -- Dark feature page, section 3.1; its removal link is not published ---------------------------

DARK_PAGE = """<html><head><title>Dark Features</title>
<meta name="atlassian-token" id="atlassian-token" content="tok-1"></head><body>
<h2>Enabled system dark features</h2><ul><li>site-wide.shared-drafts.disable</li></ul>
<h2>Enabled site dark features</h2><ul>{site}</ul>
<h2>Add</h2><form action="/wiki/admin/enabledarkfeatures.action" method="post">
<input type="hidden" name="atl_token" value="tok-1">
<label for="k">Enable dark feature</label><input id="k" type="text" name="featureKey">
<input type="submit" name="submit" value="Submit"></form></body></html>"""


def dark_page(*keys: str) -> httpx.Response:
    items = "".join(
        f"<li>{key} (<a href='removedarkfeature.action?featureKey={key}&amp;atl_token=tok-1'>"
        "Remove</a>)</li>"
        for key in keys
    )
    return httpx.Response(200, html=DARK_PAGE.format(site=items))
