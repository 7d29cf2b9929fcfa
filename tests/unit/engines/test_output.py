"""A file is followed until its writer has ended, and nothing of it is lost or told twice."""

from harness.engines.output import growing


def test_what_is_added_comes_once_and_the_last_part_after_the_end() -> None:
    parts = iter([b"", b"one\n", b"one\ntwo\n", b"one\ntwo\nlast", b"one\ntwo\nlast"])
    ends = iter([None, None, None, "exited", "exited"])
    content = [b""]

    def read(offset: int) -> bytes:
        content[0] = next(parts)
        return content[0][offset:]

    assert [*growing(read, lambda: next(ends), 0)] == ["one\n", "two\n", "last"]
