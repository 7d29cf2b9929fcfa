"""Pages of the site that are made from the code when it is built, so that none can be out of date.

Hooks of mkdocs. Made are: the overview from the README, the commands from their help, the settings
from their declarations, the public names from `harness.__all__`, and a picture for each cause: the
chain with the link that it breaks.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.testing import CliRunner

import harness
from harness.cli.main import VERBS, app
from harness.diagnosis.links import CHAIN
from harness.settings import DECLARED

ROOT = Path(__file__).parents[1]
_FROM_ROOT = {
    "index.md": "README.md",
    "architecture.md": "ARCHITECTURE.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
}
"""Pages of the site that stand at the top of the repository, where people look for them."""

_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<path>[^)#:\s]+)(?P<anchor>#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made."""
    made = {page: _moved((ROOT / source).read_text()) for page, source in _FROM_ROOT.items()}
    made |= {"commands.md": commands(), "settings.md": settings(), "reference.md": reference()}
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Points links to files that are no pages to their names alone, and draws the causes."""
    if page.file.src_uri == "causes.md":
        markdown = re.sub(r"(?m)^## (\S+)\n", lambda each: each[0] + _picture(each[1]), markdown)
    return _inside(markdown)


def commands() -> str:
    """The help of each command, as the terminal has it."""
    return "# Commands\n\n" + "\n".join(_helps())


def _helps() -> Iterator[str]:
    runner = CliRunner(env={"TERM": "dumb", "COLUMNS": "100", "NO_COLOR": "1"})
    for verb in ("", *VERBS):
        said = runner.invoke(app, [*verb.split(), "--help"], prog_name="harness").output
        yield f"## harness {verb}\n\n```text\n{said.strip()}\n```\n"


def settings() -> str:
    """Every setting with its spellings."""
    head = (
        "# Settings\n\nEach may be given as a flag of the commands named, as a variable, in "
        "`harness.toml` or `pyproject.toml`'s `[tool.harness]`, and to pytest as an option or an "
        "ini key. `harness doctor` says which one serves.\n\n"
        "| Setting | What it does | Default | Variable | Flag of |\n|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| `{each.name}` | {each.help.replace('|', '&#124;')} | {_default(each.default)} "
        f"| `{each.variable}` | {', '.join(each.flag_of) or 'none'} |\n"
        for each in DECLARED.values()
    )


def _default(value: Any) -> str:
    return "" if value is None else f"`{value}`"


def reference() -> str:
    """The public names, from their docstrings."""
    homes = {name: getattr(harness, name) for name in sorted(harness.__all__)}
    names = "\n\n".join(f"::: {_home(name, thing)}" for name, thing in homes.items())
    return f"# Names for tests\n\nWhat `from harness import ...` offers.\n\n{names}\n"


def _home(name: str, thing: Any) -> str:
    module = getattr(thing, "__module__", "harness.vocabulary.features")
    return f"{module}.{name}"


def _picture(cause: str) -> str:
    """The chain as small boxes, with the links that a cause breaks."""
    steps = [
        ("broken" if cause in step.causes else "whole", html.escape(step.name)) for step in CHAIN
    ]
    boxes = "".join(
        f'<rect x="{at * 26}" y="4" width="22" height="14" rx="3" '
        f'fill="{"#c9372c" if state == "broken" else "#8590a2"}"><title>{name}</title></rect>'
        for at, (state, name) in enumerate(steps)
    )
    broken = [name for state, name in steps if state == "broken"]
    says = " / ".join(broken) or "no single link"
    size = f'viewBox="0 0 {26 * len(steps)} 22" width="100%" style="max-width:30em"'
    return (
        f'\n<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="breaks: {says}" {size}>'
        f"{boxes}</svg>\n\nBreaks the link **{says}**.\n\n"
    )


def _moved(text: str) -> str:
    """A page from the top of the repository, whose links began there."""
    return re.sub(r"\]\(docs/", "](", text)


def _inside(text: str) -> str:
    """Links among pages; one that leads out of the documentation becomes its text."""
    pages = {source: page for page, source in _FROM_ROOT.items()}

    def link(found: re.Match[str]) -> str:
        path = found["path"].removeprefix("../")
        if path in pages:
            return f"[{found['text']}]({pages[path]}{found['anchor'] or ''})"
        return found["text"] if found["path"].startswith("../") else found[0]

    return _LINK.sub(link, text)
