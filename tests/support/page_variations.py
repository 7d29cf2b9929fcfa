"""Plan pages as they may be: one for each seed, with what is true of it.

A seed decides who draws the page and when, its tags, texts and their case, whether keys are shown,
tabs, what lies over it, or what stands in its place. `serve` answers for all of them: the plan's id
in the address is the seed.
"""

import html
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from harness.drivers.browser.look import look
from harness.drivers.browser.page_watch import watch_of
from harness.errors import PageUnreadable
from harness.vocabulary.rows import Row

PLAN = "/plugins/servlet/ial/migration/plan"
KEY, NAME = "charts-plugin", "Charts for Confluence"
STATUSES = {
    "READY": "Ready",
    "STARTING": "Starting",
    "RUNNING": "Running",
    "COMPLETE": "Complete",
    "INCOMPLETE": "Incomplete",
    "FAILED": "Failed",
    "TIMED_OUT": "Timed out",
    "CANCELLED": "Cancelled",
}
OTHERS = (("Charts", "charts"), ("Charts for Confluence Pro", "charts-plugin-pro"), ("Tables", "t"))
TROUBLES = {
    "login": "logged-out",
    "login in place": "logged-out",
    "nobody": "logged-out",
    "password": "password-asked",
    "404": "http-error",
    "429": "unavailable",
    "500": "http-error",
    "502": "unavailable",
    "503": "unavailable",
    "empty": "empty",
    "upgrading": "upgrading",
    "licence": "licence-expired",
    "another plan": "another-plan",
    "dashboard": "not-the-plan",
    "never drawn": "not-drawn-yet",
    "data refused": "logged-out",
    "data failed": "request-failed",
    "two rows": "unclear",
}
"""What stands in the plan's place -> the state that it has to be recognised as."""


@dataclass(frozen=True)
class Variation:
    """A plan's page, and what is true of it; `truth` is None where it cannot be read."""

    seed: int
    kind: str = "row"
    status: str = "READY"
    percent: int | None = None
    drawn_by: str = "server"
    delays: tuple[int, int, int] = (0, 0, 0)
    loading: str = "aria-busy"
    data_by: str = "fetch"
    stale: bool = False
    layout: str = "table"
    heading: str = "h2"
    case: str = "title"
    percent_in: str = "own"
    key: str = "beside"
    reordered: bool = False
    others: tuple[str, ...] = ()
    tabs: str = "none"
    over: str = "nothing"
    width: int = 1280
    state: str = "RUNNING"

    @property
    def plan_name(self) -> str:
        return f"Plan {self.seed}"

    @property
    def truth(self) -> Row | None:
        if self.kind in TROUBLES:
            return None
        if self.kind == "row":
            return Row(self.status, self.percent)
        return Row(self.kind)

    @property
    def address(self) -> str:
        return f"{PLAN}?planId={self.seed}"


def variation(seed: int, **fixed: object) -> Variation:
    """The page of a seed; what is fixed is not drawn."""
    pick = random.Random(seed)  # noqa: S311 - pages, not secrets
    status = pick.choice(list(STATUSES))
    kinds = ["row"] * 6 + ["ABSENT", "NO_ROW", pick.choice(list(TROUBLES))]
    chosen = {
        "kind": pick.choice(kinds),
        "status": status,
        "percent": None if status in ("READY", "STARTING") else pick.randint(0, 100),
        "drawn_by": pick.choice(["server", "script", "script"]),
        "delays": tuple(pick.choice([0, 0, 50, 150, 400, 900]) for _ in range(3)),
        "loading": pick.choice(["aria-busy", "skeleton", "text", "spinner", "none"]),
        "data_by": pick.choice(["fetch", "timer", "xhr"]),
        "stale": pick.random() < 0.25,
        "layout": pick.choice(["table", "roles", "grid", "list", "articles"]),
        "heading": pick.choice(["h1", "h2", "h3", "h4", "role", "strong", "button in h2"]),
        "case": pick.choice(["title", "upper", "lower", "styled"]),
        "percent_in": pick.choice(["own", "own spaced", "status", "bar"]),
        "key": pick.choice(["beside", "labelled", "attribute", "not shown", "line"]),
        "reordered": pick.random() < 0.3,
        "others": tuple(pick.choice(list(STATUSES)) for _ in range(pick.randint(0, 3))),
        "tabs": pick.choice(["none", "none", "open", "closed", "lazy"]),
        "over": pick.choice(["nothing", "flag", "dialog"]),
        "width": pick.choice([1280, 1280, 360]),
        "state": pick.choice(["SAVED", "RUNNING", "FINISHED", "INCOMPLETE"]),
    }
    chosen |= fixed
    if chosen["kind"] in ("never drawn", "data refused", "data failed"):
        chosen["drawn_by"] = "script"
    # A row that a timer replaces, without a sign or a request, is what the page says till then.
    chosen["stale"] = chosen["stale"] and chosen["data_by"] != "timer"
    return Variation(seed, **chosen)  # type: ignore[arg-type]


# ---- the page's parts


def _text(v: Variation, status: str) -> str:
    text = STATUSES[status]
    if v.case == "styled":
        return f"<span style='text-transform: uppercase'>{text}</span>"
    cased = {"title": text, "upper": text.upper(), "lower": text.lower()}[v.case]
    return f"<span class=lozenge>{cased}</span>"


def _app(v: Variation, name: str, key: str) -> str:
    shown = {
        "beside": f"<b>{name}</b> <code>{key}</code>",
        "labelled": f"<span>{name}</span> <small>(Server app key: {key})</small>",
        "line": f"<div>{name}</div><div>{key}</div>",
    }
    return shown.get(v.key, f"<b>{name}</b>")


def _progress(v: Variation, percent: int | None) -> str:
    if percent is None:
        return "\u2013"
    spaced = f"{percent} %"
    bar = f"<progress max=100 value={percent}></progress><span>{percent}%</span>"
    return {"own spaced": spaced, "bar": bar}.get(v.percent_in, f"{percent}%")


def _row(v: Variation, name: str, key: str, status: str, percent: int | None) -> str:
    mark = f" data-server-app-key='{key}'" if v.key == "attribute" else ""
    state = _text(v, status)
    cells = [_app(v, name, key), state, _progress(v, percent)]
    if v.percent_in == "status" and percent is not None:
        cells = [cells[0], f"{state} <i>{percent}%</i>", ""]
    if v.layout in ("list", "articles"):
        tag = "li" if v.layout == "list" else "article"
        return f"<{tag}{mark}><div>{cells[0]}</div><div>{cells[1]}</div><p>{cells[2]}</p></{tag}>"
    if v.reordered:
        cells = [cells[1], cells[0], cells[2]]
    if v.layout == "table":
        return f"<tr{mark}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    role = "cell" if v.layout == "roles" else "gridcell"
    inner = "".join(f"<div role={role}>{cell}</div>" for cell in cells)
    return f"<div role=row{mark}>{inner}</div>"


def _rows(v: Variation, status: str, percent: int | None) -> str:
    apps = [
        (name, key, other, None if other in ("READY", "STARTING") else 7)
        for (name, key), other in zip(OTHERS, v.others, strict=False)
    ]
    own = (NAME, KEY, status, percent)
    if v.kind in ("row", "two rows"):
        apps.insert(v.seed % (len(apps) + 1), own)
    if v.kind == "two rows":
        apps.append((NAME, KEY, "FAILED" if status != "FAILED" else "READY", None))
    if not apps:
        return "<p>0 apps will be migrated.</p>"
    lines = "".join(_row(v, *app) for app in apps)
    if v.layout == "list":
        return f"<ul>{lines}</ul>"
    if v.layout == "articles":
        return f"<section>{lines}</section>"
    heads = ["Status", "App", "Progress"] if v.reordered else ["App", "Status", "Progress"]
    if v.layout == "table":
        head = "".join(f"<th>{each}</th>" for each in heads)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
    role = "table" if v.layout == "roles" else "grid"
    head = "".join(f"<div role=columnheader>{each}</div>" for each in heads)
    return f"<div role={role}><div role=row>{head}</div>{lines}</div>"


def _title(v: Variation) -> str:
    title = "App migration progress"
    return {
        "role": f"<div role=heading aria-level=3>{title}</div>",
        "strong": f"<strong>{title}</strong>",
        "button in h2": f"<h2><button aria-expanded=true>{title}</button></h2>",
    }.get(v.heading, f"<{v.heading}>{title}</{v.heading}>")


def _block(v: Variation, status: str, percent: int | None) -> str:
    if v.kind == "ABSENT":
        return ""
    return f"{_title(v)}<p>Refreshed each 10 minutes</p>{_rows(v, status, percent)}"


def _top(v: Variation) -> str:
    name = "Another plan" if v.kind == "another plan" else v.plan_name
    return (
        f"<p><a href=/plugins/servlet/ial/migration/home>Migration Assistant</a></p><h1>{name}</h1>"
        f"<p>Status <span>{v.state}</span></p><h2>Migration progress</h2>"
        "<table><tr><th>Data</th><th>Status</th></tr>"
        "<tr><td>Spaces</td><td>Complete</td></tr><tr><td>Users</td><td>Failed</td></tr></table>"
    )


def _sign(v: Variation) -> str:
    return {
        "aria-busy": "<div aria-busy=true>&nbsp;</div>",
        "skeleton": "<div class='css-1 skeleton-row' style='height:9px;background:#eee'></div>",
        "text": "<p>Loading\u2026</p>",
        "spinner": "<div class=aui-spinner style='width:9px;height:9px'></div>",
        "none": "",
    }[v.loading]


def _over(v: Variation) -> str:
    style = "position:fixed;inset:0;background:#fffd;z-index:9"
    return {
        "nothing": "",
        "flag": "<div role=status style='position:fixed;right:0;bottom:0'>Saved <button>Close"
        "</button></div>",
        "dialog": f"<div role=dialog style='{style}'><h2>What's new</h2><button>Got it</button>"
        "</div>",
    }[v.over]


def _tabbed(v: Variation, block: str) -> str:
    """The block in its place: on the page, or on a tab: open, closed, or drawn when opened."""
    if v.tabs == "none":
        return block
    is_open = v.tabs == "open"
    tabs = (
        f"<div role=tablist><button role=tab id=t1 aria-selected={json.dumps(not is_open)}>Overview"
        f"</button><button role=tab id=t2 aria-selected={json.dumps(is_open)}>Apps</button></div>"
    )
    inside = block if v.tabs != "lazy" else ""
    hidden = "" if is_open else " hidden"
    store = f"<template id=later>{block}</template>" if v.tabs == "lazy" else ""
    script = """<script>
        document.getElementById('t2').addEventListener('click', () => {
            document.getElementById('t1').ariaSelected = 'false';
            document.getElementById('t2').ariaSelected = 'true';
            const panel = document.getElementById('p2'), later = document.getElementById('later');
            panel.hidden = false;
            if (later) setTimeout(() => panel.append(later.content.cloneNode(true)), 60);
        });</script>"""
    return f"{tabs}<div id=p2 role=tabpanel{hidden}>{inside}</div>{store}{script}"


def parts(v: Variation) -> dict[str, str]:
    """The page's two parts as they are in the end, and the block as it may be kept from before."""
    block = _tabbed(v, _block(v, v.status, v.percent))
    kept = _block(v, "READY", None) if v.stale and v.kind == "row" else ""
    return {"top": _top(v), "block": block, "kept": kept if v.tabs == "none" else ""}


_DRAW = """
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const root = document.getElementById('root');
const put = (id, text) => {
    const place = document.getElementById(id);
    place.replaceChildren(document.createRange().createContextualFragment(text));
};
const get = async (part) => {
    if (told.by === 'timer') { await wait(told.delays[part === 'top' ? 1 : 2]); return told[part]; }
    const address = `/rest/migration/part?plan=${told.plan}&part=${part}`;
    if (told.by === 'fetch') {
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
    }
    return new Promise((done, fail) => {
        const request = new XMLHttpRequest();
        request.open('GET', address);
        request.onload = () => request.status < 400 ? done(request.responseText) : fail();
        request.send();
    });
};
(async () => {
    put('top', told.sign);
    await wait(told.delays[0]);
    put('top', await get('top'));
    if (told.never) { put('block', '<div aria-busy=true>&nbsp;</div>'); return; }
    put('block', told.kept || told.sign);
    put('block', await get('block'));
})().catch(() => put('block', ''));
"""


def page(v: Variation) -> str:
    """The whole page."""
    done = parts(v)
    if v.drawn_by == "server":
        return _document(v.plan_name, done["top"] + done["block"] + _over(v))
    told = {
        **done,
        "sign": _sign(v),
        "delays": v.delays,
        "by": "fetch" if v.kind.startswith("data") else v.data_by,
        "plan": v.seed,
        "never": v.kind == "never drawn",
    }
    data = json.dumps(told).replace("</", "<\\/")
    body = "<div id=root><div id=top></div><div id=block></div></div>" + _over(v)
    return _document("Confluence", f"{body}<script>const told = {data};{_DRAW}</script>")


def _document(title: str, body: str) -> str:
    return (
        "<!doctype html><html><head><meta charset=utf-8><meta name=ajs-remote-user content=admin>"
        f"<title>{html.escape(title)}</title></head><body><nav><a href='{PLAN}?planId=other'>Other"
        f"</a></nav><main>{body}</main></body></html>"
    )


def _instead(v: Variation) -> tuple[int, str] | None:
    """What stands in the page's place; None where the page is there."""
    field_ = "<form><input name=os_username id=os_username><input type=password></form>"
    prompt = "<h1>Administrator access</h1><form><input type=password id=password></form>"
    dashboard = f"<h1>Migration Assistant</h1><table><tr><td>{v.plan_name}</td></tr></table>"
    bodies = {
        "login in place": f"<h1>Log in</h1>{field_}",
        "password": f"{prompt}<button id=authenticateButton>Confirm</button>",
        "empty": "",
        "upgrading": "<h1>Confluence is being upgraded</h1><p>Come back in some minutes.</p>",
        "licence": "<h1>Licence</h1><p>Your licence for Confluence has expired.</p>",
    }
    if v.kind.isdigit():
        return int(v.kind), _document("Error", f"<h1>Error {v.kind}</h1>")
    if v.kind == "nobody":
        return 200, page(v).replace("content=admin", "content=''")
    if v.kind == "dashboard":
        return 200, _document("Migration Assistant", dashboard.replace("<td>", "<td><a href=#>"))
    if v.kind in bodies:
        return 200, _document("Confluence", bodies[v.kind])
    return None


def read(page: Page, site: "Site", v: Variation, **known: object) -> tuple[Row | None, str]:
    """Looks at a variation; the row, or None and what was seen instead."""
    page.set_viewport_size({"width": v.width, "height": 700})
    known = {"plan_name": v.plan_name, "app_names": (NAME,)} | known
    try:
        page.goto("about:blank")
        watch_of(page).plan_url = f"{site.url}{v.address}"
        return look(page, KEY, **known).row, ""  # type: ignore[arg-type]
    except PageUnreadable as error:
        return None, f"{error.state}: {error.came_back}"


# ---- the server


@dataclass
class Site:
    """Where the pages are served; `fixed` holds those that no seed gives, `first` what is served
    once before them.
    """

    url: str = ""
    fixed: dict[int, Variation] = field(default_factory=dict)
    first: list[Variation] = field(default_factory=list)

    def find(self, seed: int) -> Variation:
        return self.fixed.get(seed) or variation(seed)


def _answer(site: Site, request: BaseHTTPRequestHandler) -> tuple[int, str, dict[str, str]]:
    url = urlsplit(request.path)
    asked = parse_qs(url.query)
    if url.path == "/login.action":
        return 200, _document("Log in", "<h1>Log in</h1><input id=os_username>"), {}
    if url.path == "/rest/migration/part":
        v = site.find(int(asked["plan"][0]))
        is_top = asked["part"][0] == "top"
        time.sleep(v.delays[1 if is_top else 2] / 1000)
        if v.kind == "data refused" or (v.kind == "data failed" and not is_top):
            return 401 if v.kind == "data refused" else 503, "", {}
        return 200, parts(v)[asked["part"][0]], {}
    if url.path != PLAN or not asked["planId"][0].isdigit():
        return 404, "", {}
    v = site.first.pop(0) if site.first else site.find(int(asked["planId"][0]))
    if v.kind == "login":
        return 302, "", {"Location": "/login.action?os_destination=/"}
    status, body = _instead(v) or (200, page(v))
    return status, body, {}


@contextmanager
def serve() -> Iterator[Site]:
    """Serves the page of each seed."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, headers = _answer(site, self)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            with suppress(ConnectionError):  # a browser that has gone on
                self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
