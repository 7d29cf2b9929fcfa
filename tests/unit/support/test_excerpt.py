"""What of a program's output is shown once it has ended: the lines that tell why."""

import pytest

from harness.support.excerpt import telling

NODE = [
    "node:internal/modules/cjs/loader:1143",
    "  throw err;",
    "  ^",
    "",
    "Error: Cannot find module 'express'",
    "Require stack:",
    "- /app/start.js",
    *(f"    at frame {n}" for n in range(40)),
]
JAVA = [
    "starting",
    "org.springframework.BeanCreationException: the bean charts",
    *(f"  at frame {n}" for n in range(40)),
    "Caused by: java.lang.ClassNotFoundException: com.acme.Charts",
    *(f"  at frame {n}" for n in range(30)),
]


def test_a_short_output_is_shown_whole() -> None:
    assert telling("one\ntwo\n") == "one\ntwo\n"


def test_a_cause_at_the_head_is_shown_before_the_last_lines() -> None:
    shown = telling("\n".join(NODE), most=5).splitlines()
    assert shown == ["...", *NODE[4:7], "...", *NODE[-5:]]


def test_the_root_cause_is_shown_too() -> None:
    shown = telling("\n".join(JAVA), most=5)
    assert "BeanCreationException" in shown
    assert "Caused by: java.lang.ClassNotFoundException: com.acme.Charts" in shown
    assert len(shown.splitlines()) == 3 + 3 + 3 + 5


@pytest.mark.parametrize("line", ["0 errors", "error: 0", "all is well"])
def test_where_no_cause_is_named_the_last_lines_are_all(line: str) -> None:
    assert telling("\n".join([line, *"abcdef"]), most=3) == "...\nd\ne\nf\n"
