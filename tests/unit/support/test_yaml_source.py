import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from harness.errors import BadInput
from harness.support.yaml_source import read, validate


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    percent: int


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rows: list[Inner]


def written(folder: Path, text: str) -> Path:
    path = folder / "file.yaml"
    path.write_text(text)
    return path


def test_on_and_off_are_words_and_only_true_and_false_are_booleans(tmp_path: Path) -> None:
    source = read(written(tmp_path, "a: [on, off, yes, no, true, false]\n"))
    assert source.data == {"a": ["on", "off", "yes", "no", True, False]}


def test_a_version_like_number_with_two_dots_is_a_word(tmp_path: Path) -> None:
    assert read(written(tmp_path, "ccma: 3.1.7\n")).data == {"ccma": "3.1.7"}


def test_an_unknown_key_names_its_line_and_the_nearest_word(tmp_path: Path) -> None:
    path = written(tmp_path, "rows:\n  - percent: 1\n  - percnt: 2\n")
    with pytest.raises(BadInput) as caught:
        validate(read(path), Outer)
    # Of the two faults of that entry, the wrong key is the one that helps.
    assert str(caught.value).startswith(f"{path}:3: ")


def test_a_misspelled_key_is_told_as_such(tmp_path: Path) -> None:
    path = written(tmp_path, "rows:\n  - percent: 1\n    percnt: 2\n")
    with pytest.raises(BadInput, match=r":3: unknown key 'percnt'; did you mean 'percent'\?$"):
        validate(read(path), Outer)


class Needing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    about: str = ""
    rows: list[str]
    parts: list["Needing"] = []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("about: x\nrow: []\n", r":2: unknown key 'row'; did you mean 'rows'\?$"),
        ("rows: []\nparts:\n- row: []\n", r":3: unknown key 'row'; did you mean 'rows'\?$"),
        ("abou: x\n", r":1: key 'rows' is missing$"),
        ("rows: []\nparts:\n- about: x\nrow: []\n", r":3: key 'rows' is missing$"),
    ],
)
def test_a_misspelled_key_that_is_needed_is_told_as_such(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        validate(read(written(tmp_path, text)), Needing)


def test_a_wrong_type_names_the_line_of_the_value(tmp_path: Path) -> None:
    path = written(tmp_path, "rows:\n  - percent: 1\n  - percent: many\n")
    with pytest.raises(BadInput, match=r":3: rows\.1\.percent: 'many' must be a whole number$"):
        validate(read(path), Outer)


class Values(BaseModel):
    kind: Literal["scripted", "command"] = "scripted"
    folder: Path = Path()
    name: str = ""
    words: Annotated[tuple[str, ...], Field(min_length=1)] = ("x",)
    title: str = Field(default="a", min_length=1, max_length=5, pattern="^a")
    names: Mapping[str, str] = {}
    count: int = Field(default=1, ge=1, lt=5)
    share: float = Field(default=1, le=1)
    is_on: bool = False


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: comand", "kind: 'comand' is none of .*; did you mean 'command'?"),
        ("kind: forge", "kind: 'forge' is none of 'scripted' or 'command'$"),
        ("kind: 7", "kind: .*'scripted' or 'command'"),
        ("folder: 7", "folder: 7 must be a path$"),
        ("name: [a]", r"name: \['a'\] must be text$"),
        ("name: 7", "name: 7 must be text; put it in quotes$"),
        ("name:", "name: has no value; it must be text$"),
        ("kind: [scripted]", r"kind: \['scripted'\] is none of 'scripted' or 'command'$"),
        ("words: one", r"words: 'one' must be a list, such as \[one\]$"),
        ("words: {a: b}", r"words: {'a': 'b'} must be a list$"),
        ("words: []", "words: is empty; write at least one$"),
        ("title: ''", "title: is empty; write some text$"),
        ("title: Long title", "title: 'Long title' has more than 5 characters$"),
        ("title: Title", "title: 'Title' must be of the form \\^a$"),
        ("names: [a]", r"names: \['a'\] must be a mapping of names to values$"),
        ("count: 1.5", "count: 1.5 must be a whole number$"),
        ("count: 0", "count: 0 must be 1 or more$"),
        ("count: 9", "count: 9 must be less than 5$"),
        ("share: much", "share: 'much' must be a number$"),
        ("share: 2", "share: 2 must be 1 or less$"),
        ("is_on: maybe", "is_on: 'maybe' must be on or off$"),
    ],
)
def test_a_wrong_value_is_told_in_words_of_the_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadInput, match=f":2: {told}"):
        validate(read(written(tmp_path, f"# values\n{text}\n")), Values)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r":3: key 'a' is here twice"):
        read(written(tmp_path, "a: 1\nb: 2\na: 3\n"))


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r":2: not valid YAML"):
        read(written(tmp_path, "a: 1\nb: }\n"))


def test_an_empty_file_is_told_as_such_and_a_list_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"file\.yaml: the file is empty: keys and values"):
        validate(read(written(tmp_path, "")), Outer)
    with pytest.raises(BadInput, match=r"file\.yaml:1: not a mapping"):
        validate(read(written(tmp_path, "[]")), Outer)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.yaml: no such file"):
        read(tmp_path / "none.yaml")


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: [\0]\n", "not valid YAML: unacceptable character"),
        ("a: 1\nb: 2026-02-31\n", ":2: '2026-02-31' is not a valid timestamp"),
        (f"a: 1\nb: {'9' * 5000}\n", ":2: a number of too many digits"),
        (f"a: {'1:' * 50_000}1\n", ":1: a number of too many digits"),
        ("a: !!bool perhaps\n", ":1: 'perhaps' is not a valid bool"),
        ("a: !!timestamp soon\n", ":1: 'soon' is not a valid timestamp"),
        ("a: !!int ''\n", ":1: '' is not a valid int"),
        ("a: !!python/object:os.system x\n", ":1: not valid YAML: could not determine"),
        ("a: 1\n" + "[" * 5000, ":2: not valid YAML|:2: more than 40 parts within one another"),
        ("a: " + "[" * 100 + "]" * 100, ":1: more than 40 parts within one another"),
        ("a: &a\n  - *a\n", "more than 40 parts within one another"),
        (BOMB, "more than 20000 parts"),
        ("? [a, b]\n: 1\n", ":1: a key has to be a plain word"),
        ("a: 1\n<<: *missing\n", ":2: not valid YAML"),
        ("x" * (1 << 18) + "y", "larger than 256 KiB"),
    ],
)
def test_a_hostile_file_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        read(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_what_is_not_a_file_is_not_read(tmp_path: Path) -> None:
    """A pipe or a device could be read without an end."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(BadInput, match="not a file"):
            read(path)
    with pytest.raises(BadInput, match="no such file"):
        read(tmp_path / "missing.yaml")


def test_what_is_not_text_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"a: \xff\xfe")
    with pytest.raises(BadInput, match="cannot be read"):
        read(path)


@given(st.text(alphabet="ab:-[]{}&*!|>?,#'\"%@ \n\t01", max_size=60))
@settings(max_examples=300, deadline=None)
def test_whatever_a_file_holds_it_is_read_or_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(BadInput):
        read(written(Path(folder), text))
