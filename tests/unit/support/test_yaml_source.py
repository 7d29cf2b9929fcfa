from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

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


def test_a_wrong_type_names_the_line_of_the_value(tmp_path: Path) -> None:
    path = written(tmp_path, "rows:\n  - percent: 1\n  - percent: many\n")
    with pytest.raises(BadInput, match=r":3: rows\.1\.percent: .*integer"):
        validate(read(path), Outer)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r":3: key 'a' is here twice"):
        read(written(tmp_path, "a: 1\nb: 2\na: 3\n"))


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r":2: not valid YAML"):
        read(written(tmp_path, "a: 1\nb: }\n"))


def test_an_empty_file_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a mapping"):
        validate(read(written(tmp_path, "")), Outer)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.yaml: no such file"):
        read(tmp_path / "none.yaml")
