"""The page as text: what it says, what it survives, and that nothing in it can run."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_run import MakeRun, completed, ready_for_good

from harness.errors import BadInput
from harness.report import html, markdown, stored
from harness.store.layout import REPORT

HOSTILE = (
    '"><img src=x onerror=alert(1)><script>alert(2)</script></template></details></script>'
    "{{ 7*7 }}{% raw %}<!--]]>javascript:alert(3)\x1b[31m\x00\u202e'`|"
)


class Page(HTMLParser):
    """Every tag with its attributes, and all text; the cases' bodies, kept as text, among them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        bodies = text.count('<script type="text/plain">')
        # Nothing closes a body but its own end, and nothing keeps it from closing.
        assert text.lower().count("</script") == bodies + 1
        assert "<!--" not in text
        *parts, last = text.split("</script>")
        text = "</template>".join(parts) + f"</script>{last}"
        text = text.replace('<script type="text/plain">', "<template>")
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(folder: Path) -> Page:
    return Page(html.write(folder).read_text(encoding="utf-8"))


def test_the_story_is_told_first(make_run: MakeRun) -> None:
    page = page_of(make_run())
    told = " ".join(page.text.split())
    assert "The row says READY. The cloud has SUCCESS 100 %." in told
    assert told.index("The row says READY.") < told.index("The matrix")
    assert "dev-mode-row-not-updated" in told
    assert "31 min behind, 3 polls" in told


def test_calls_into_made_up_classes_are_listed(make_run: MakeRun) -> None:
    case = ready_for_good()
    folder = make_run(
        case.model_copy(update={"artifacts": dict(case.artifacts) | {"host": "bug/host.json"}})
    )
    assert "what stands for Confluence" not in page_of(folder).text
    call = {"type": "com.atlassian.user.GroupManager", "method": "getGroups", "times": 3}
    call |= {"answered": False, "last": "2026-01-01T10:00:07+00:00"}
    (folder / "bug" / "host.json").write_text(json.dumps({"key": "k", "calls": [call]}))
    told = " ".join(page_of(folder).text.split())
    assert "GroupManager.getGroups 3 times, and got a made-up, empty answer" in told


def test_what_was_asked_for_and_is_not_there_is_listed(make_run: MakeRun) -> None:
    case = ready_for_good()
    kept = dict(case.artifacts) | {"not_there": "bug/not_there.json"}
    folder = make_run(case.model_copy(update={"artifacts": kept}))
    gap = {"method": "GET", "path": "/rest/x/{id}", "times": 1}
    gap |= {"last": "2026-01-01T10:00:07+00:00"}
    (folder / "bug" / "not_there.json").write_text(json.dumps({"asked": [gap]}))
    told = " ".join(page_of(folder).text.split())
    assert "GET /rest/x/{id} was asked for once, and the stand-in does not have it" in told


def test_a_run_that_passed_says_so(make_run: MakeRun) -> None:
    assert "The only case passed" in page_of(make_run(completed())).text


def test_a_run_without_cases_says_so(make_run: MakeRun) -> None:
    folder = make_run()
    results = json.loads((folder / "results.json").read_text())
    (folder / "results.json").write_text(json.dumps(results | {"cases": []}))
    assert "No case was run" in page_of(folder).text


def test_each_case_has_a_link_and_it_leads_somewhere(make_run: MakeRun) -> None:
    page = page_of(make_run(completed(), ready_for_good(), ready_for_good(id="Seed[feature on]")))
    ids = [tag["id"] for _, tag in page.tags if "id" in tag]
    assert len(ids) == len(set(ids))
    hashes = {a["href"] for a in page.all("a") if (a["href"] or "").startswith("#")}
    assert hashes <= {f"#{each}" for each in ids}
    assert "#case-seed-feature-on-dev-mode-on-ccma-3.1.7" in hashes


def test_equal_ids_get_anchors_of_their_own(make_run: MakeRun) -> None:
    run = stored.read_run(make_run(ready_for_good(id="a[b]"), ready_for_good(id="a-b")))
    assert re.findall(r'<details class="case[^>]* id="([^"]+)"', html.render(run)) == [
        "case-a-b",
        "case-a-b--2",
    ]


def test_nothing_is_fetched_and_nothing_foreign_runs(make_run: MakeRun) -> None:
    page = page_of(make_run())
    policy = next(
        m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert len(page.all("script")) == 1
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "object", "embed", "base")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert [i["src"] or "" for i in page.all("img")] == [
        "data:image/png;base64,iVBORw0KGgpub3QgbXVjaCBvZiBhIHBpY3R1cmU="
    ]


def hostile_run(make_run: MakeRun) -> Path:
    planted = dict.fromkeys(("trace", HOSTILE), f"bug/{HOSTILE.replace(chr(0), '')}")
    bad = ready_for_good(
        id=f"seed{HOSTILE}",
        reason=HOSTILE,
        axes={HOSTILE: HOSTILE},
        dark_features={HOSTILE: True},
        known_bug=HOSTILE,
        verdict="failed",
        artifacts=ready_for_good().artifacts | planted | {"screenshot": "javascript:alert(4)"},
        seconds={"total": 1, HOSTILE: 2},
    )
    folder = make_run(bad)
    kept = folder / "bug"
    (kept / "server.log").write_text(
        f"2026-01-01 10:05:00,000 ERROR [main] [x.Y] z {HOSTILE}\n{HOSTILE}\n"
    )
    lines = (kept / "journal.jsonl").read_text().splitlines()
    entries = [
        json.loads(line) | {"caller": HOSTILE, "effect": HOSTILE, "body": {HOSTILE: HOSTILE}}
        for line in lines
    ]
    told = "\n".join(map(json.dumps, entries))
    (kept / "journal.jsonl").write_text(f"{told}\n{HOSTILE}\n[1]\n")
    return folder


def test_what_is_planted_stays_text(make_run: MakeRun) -> None:
    page = page_of(hostile_run(make_run))
    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert len(page.all("template")) == 1
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        link = attributes.get("href") or "#"
        assert link.startswith(("#", "./", "https://developer.", "https://community.",
                                "https://support."))  # fmt: skip
    assert "{{ 7*7 }}" in page.text
    assert "\x1b" not in page.text
    assert "\x00" not in page.text
    assert "\u202e" not in page.text


def test_what_is_planted_stays_text_in_markdown(make_run: MakeRun) -> None:
    told = markdown.write(hostile_run(make_run))
    outside = re.sub(r"`[^`]*`", "", told)
    assert "<" not in outside
    assert "](" not in outside.replace("([source](https://", "")
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}


@pytest.mark.parametrize("name", ["page.png", "trace.zip", "server.log", "journal.jsonl"])
def test_a_missing_file_is_said(make_run: MakeRun, name: str) -> None:
    folder = make_run()
    (folder / "bug" / name).unlink()
    assert f"bug/{name} is not in the run's folder" in page_of(folder).text


def test_no_artefact_at_all_is_said(make_run: MakeRun) -> None:
    folder = make_run(ready_for_good(artifacts={}))
    told = page_of(folder).text
    for name in stored.KEPT:
        assert f"{name}: none was kept" in told


def test_broken_files_are_said(make_run: MakeRun) -> None:
    folder = make_run()
    (folder / "bug" / "page.png").write_bytes(b"<svg onload=alert(1)>")
    (folder / "bug" / "journal.jsonl").write_bytes(b"\xff\xfe{{{\n[]\n")
    (folder / "bug" / "server.log").write_bytes(bytes(range(256)) * 40)
    page = page_of(folder)
    assert "journal: 2 lines of journal.jsonl are not JSON objects" in page.text
    assert page.all("img") == []


def test_a_path_out_of_the_run_is_not_followed(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "outside.log").write_text("SENTINEL")
    folder = make_run(
        ready_for_good(artifacts={"screenshot": "../outside.png", "server_log": "../outside.log"})
    )
    page = page_of(folder)
    assert page.all("img") == []
    assert "SENTINEL" not in page.text
    assert "screenshot: ../outside.png is not in the run's folder" in page.text


def test_when_diagnosing_fails_the_rest_is_there(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a rule fell over")

    monkeypatch.setattr(stored, "diagnose", broken)
    told = page_of(make_run()).text
    assert "this case could not be diagnosed" in told
    assert "a rule fell over" in told
    assert "The row says READY." in told


def test_long_files_are_cut_and_it_is_said(make_run: MakeRun) -> None:
    folder = make_run()
    (folder / "bug" / "server.log").write_text("".join(f"line {n}\n" for n in range(90_000)))
    text = (folder / "bug" / "journal.jsonl").read_text()
    (folder / "bug" / "journal.jsonl").write_text(text * 50)
    page = page_of(folder)
    assert "390 earlier entries are left out" in page.text
    assert "line 89999" in page.text
    assert "line 89959\n" not in page.text
    # Whole, the log alone would be more than 900 kB.
    assert (folder / REPORT).stat().st_size < 250_000


def test_pictures_have_a_bound_and_the_telling_ones_come_first(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts = {"screenshot": "bug/page.png"}
    passed = ready_for_good(id="a", verdict="passed", artifacts=artifacts)
    failed = ready_for_good(id="b", verdict="failed", artifacts=artifacts)
    monkeypatch.setattr(html, "_IMAGES_BYTES", 30)
    page = page_of(make_run(passed, failed))
    assert len(page.all("img")) == 1
    assert page.text.count("open the screenshot") == 1
    assert page.text.index("open the screenshot") < page.text.index("The plan's page at the last")


def test_the_same_run_gives_the_same_page(make_run: MakeRun) -> None:
    folder = make_run()
    first = html.write(folder).read_bytes()
    assert html.write(folder).read_bytes() == first


def test_a_page_that_cannot_be_written_is_bad_input(make_run: MakeRun) -> None:
    folder = make_run()
    (folder / REPORT).mkdir()
    with pytest.raises(BadInput, match="cannot be written there"):
        html.write(folder)
    assert not list(folder.glob(".*"))


def test_no_results_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no results here"):
        html.write(tmp_path)


def test_the_summary_names_bug_and_cause(make_run: MakeRun) -> None:
    told = markdown.write(make_run())
    lines = told.splitlines()
    assert lines[0] == "## The row says READY. The cloud has SUCCESS 100 %."
    table = [line for line in lines if line.startswith("| known bug")]
    assert table == [
        "| known bug | `seed[feature=on,dev-mode=on,ccma=3.1.7]` | READY | SUCCESS 100 % "
        "| `dev-mode-row-not-updated` |"
    ]
    assert "- `dev-mode-row-not-updated`, proved in" in told


SENTINEL = "s3nt1nel"


def test_no_secret_of_any_input_reaches_page_or_summary(make_run: MakeRun) -> None:
    secrets = (
        f"Authorization: Bearer {SENTINEL}-bearer",
        f"password={SENTINEL}-password",
        f'"sharedSecret": "{SENTINEL}-shared"',
        f"Cookie: JSESSIONID={SENTINEL}; seraph.confluence={SENTINEL}",
        f"eyJhbGciOiJIUzI1NiJ9.{SENTINEL}.{SENTINEL}",
        f"-----BEGIN PRIVATE KEY-----\n{SENTINEL}\n-----END PRIVATE KEY-----",
    )
    every = "\n".join(secrets)
    folder = make_run(
        ready_for_good(
            id=f"seed {secrets[1]}",
            reason=every,
            axes={"axis": secrets[0]},
            dark_features={secrets[1]: True},
            known_bug=secrets[1],
            verdict="error",
            artifacts=ready_for_good().artifacts
            | {
                n: f"bug/{n}.json"
                for n in ("flags", "upm", "osgi", "site", "host", "plan", "problems")
            },
        )
    )
    kept = folder / "bug"
    (kept / "server.log").write_text(
        f"2026-01-01 10:05:00,000 ERROR [main] [x.Y] z {every}\njava.lang.X: {every}\n"
    )
    entries = [json.loads(line) for line in (kept / "journal.jsonl").read_text().splitlines()]
    body = {"jwt": SENTINEL, "nested": {"apiKey": SENTINEL, "text": every}}
    told = [
        entry | {"body": entry["body"] or body, "reason": every, "caller": secrets[0]}
        for entry in entries
    ]
    (kept / "journal.jsonl").write_text("\n".join(map(json.dumps, told)))
    (kept / "flags.json").write_text(json.dumps({"site": [secrets[1]]}))
    (kept / "upm.json").write_text(json.dumps({"key": "k", "enabled": False, "error": every}))
    bundle = {"name": secrets[1], "state": "INSTALLED", "unresolved": [secrets[0]]}
    (kept / "osgi.json").write_text(json.dumps({"bundles": [bundle]}))
    call = {"type": every, "method": secrets[0], "answered": False, "times": 1}
    call |= {"last": "2026-01-01T10:00:07+00:00"}
    (kept / "host.json").write_text(json.dumps({"calls": [call]}))
    app = {"key": "b", "installed": True, "webhook": f"https://x:{SENTINEL}@host/"}
    (kept / "site.json").write_text(json.dumps({"apps": [app], "decision": "needed"}))
    (kept / "plan.json").write_text(json.dumps({"status": secrets[1]}))
    (kept / "problems.json").write_text(json.dumps([every]))
    assert SENTINEL not in html.write(folder).read_text()
    assert SENTINEL not in markdown.write(folder)


def test_a_case_is_titled_by_the_axes_in_which_the_run_differs(make_run: MakeRun) -> None:
    one, two = ready_for_good(), completed()
    views = html._views(stored.read_run(make_run(one, two)))
    assert [view.title for view in views] == ["seed[dev-mode=on]", "seed[dev-mode=off]"]


def test_a_case_alone_keeps_its_whole_id(make_run: MakeRun) -> None:
    (alone,) = html._views(stored.read_run(make_run(ready_for_good())))
    assert alone.title == alone.result.id


def test_a_cause_can_be_filtered_by(make_run: MakeRun) -> None:
    page = page_of(make_run(ready_for_good(), completed()))
    chips = [each["data-cause"] for each in page.all("button") if "data-cause" in each]
    named = [each["data-causes"] for each in page.all("details") if "data-causes" in each]
    assert chips == ["dev-mode-row-not-updated"]
    assert named == ["dev-mode-row-not-updated", ""]


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        ("x.L.onStart was called and threw a.b.NoDataError: no chart", "a.b.NoDataError: no chart"),
        ("the log says ERROR it failed (a.b.NoDataError: no chart)", "a.b.NoDataError: no chart"),
        ("the webhook was not acknowledged (status 500)", ""),
    ],
)
def test_an_exception_is_shown_in_its_own_words(says: str, shown: str) -> None:
    short = {"says": "the server reported that the listener threw a.b.NoDataError"}
    causes = [{"evidence": [short, {"says": says}]}]
    assert html._exception(causes) == (shown or "a.b.NoDataError")
