"""Case files that are wrong, odd or meant to hurt: each is small, and made when it is needed."""

from collections.abc import Callable

GOOD = """\
name: small
app: .
axes:
  feature:
    dark_feature: some.flag
    values: [off, on]
expectations:
  - when: {feature: off}
    rows: [ABSENT]
    lasts: 10m
    source: why
  - when: {feature: on}
    rows: [RUNNING 0, COMPLETE 100]
    source: why
"""

Make = Callable[[], bytes]


def put(old: str, new: str) -> Make:
    """The good file with something else in one place."""
    assert old in GOOD, old
    return lambda: GOOD.replace(old, new, 1).encode()


def text(content: str) -> Make:
    return content.encode


def raw(content: bytes) -> Make:
    return lambda: content


def bomb(width: int, depth: int, opened: str, closed: str) -> Make:
    def make() -> bytes:
        lines = [f"a0: &a0 {opened}{', '.join('x' * width)}{closed}"]
        for level in range(1, depth):
            inner = ", ".join([f"*a{level - 1}"] * width)
            lines.append(f"a{level}: &a{level} [{inner}]")
        return "\n".join(lines).encode()

    return make


HOSTILE: dict[str, Make] = {
    # What is no text, or no YAML.
    "empty": raw(b""),
    "a NUL": put("why", "w\0y"),
    "a NUL first": raw(b"\0" + GOOD.encode()),
    "only NULs": raw(bytes(1000)),
    "an escape code": put("why", "w\x1b[2Jy"),
    "a bell": put("why", "w\x07y"),
    "a C1 control": put("why", "w\u009by"),
    "a byte order mark": raw(b"\xef\xbb\xbf" + GOOD.encode()),
    "two byte order marks": raw(b"\xef\xbb\xbf" * 2 + GOOD.encode()),
    "UTF-16": lambda: GOOD.encode("utf-16"),
    "UTF-16 without a mark": lambda: GOOD.encode("utf-16-be"),
    "UTF-32": lambda: GOOD.encode("utf-32"),
    "Latin-1": raw(GOOD.replace("why", "w\u00e9y").encode("latin-1")),
    "half of a character": raw(GOOD.encode() + b"\xe2\x82"),
    "an overlong form": raw(GOOD.encode().replace(b"why", b"\xc0\xaf", 1)),
    "a surrogate": raw(GOOD.encode().replace(b"why", b"\xed\xa0\x80", 1)),
    "an escaped surrogate": put("why", '"\\ud800"'),
    "an escaped NUL": put("why", '"a\\0b"'),
    "an escape out of range": put("why", '"\\Uffffffff"'),
    "a zip file": raw(b"PK\3\4" + bytes(200)),
    "a picture": raw(b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "tabs": put("  feature", "\tfeature"),
    "old line ends": lambda: GOOD.replace("\n", "\r").encode(),
    "Unicode line ends": lambda: GOOD.replace("\n", "\u2028").encode(),
    "next-line characters": lambda: GOOD.replace("\n", "\u0085").encode(),
    "only a comment": text("# nothing\n"),
    "only dashes": text("---\n...\n---\n"),
    "two documents": lambda: (GOOD + "---\n" + GOOD).encode(),
    "a directive": text("%YAML 99.1\n---\na: 1\n"),
    "an unknown directive": text("%FOO bar\n---\na: 1\n"),
    "a tag directive": text("%TAG ! tag:evil,2026:\n---\na: !x 1\n"),
    "too large": lambda: b"#" * (1 << 18) + GOOD.encode(),
    # Depth and number.
    "open brackets": text("[" * 5000),
    "open braces": text("{" * 5000),
    "brackets": text("a: " + "[" * 100 + "]" * 100),
    "200 maps by indentation": text("".join(" " * n + "a:\n" for n in range(200))),
    "5,000 maps by flow": text("{a: " * 5000 + "1" + "}" * 5000),
    "100,000 dashes": text("- " * 100_000),
    "100,000 colons": text("a: " + ":" * 100_000),
    "100,000 items": put("[off, on]", "[" + "a, " * 60_000 + "b]"),
    "30,000 keys": text("".join(f"k{n}: 1\n" for n in range(25_000))),
    "100,000 quotes": text("a: " + "'" * 100_000),
    "100,000 bangs": text("a: " + "!" * 100_000),
    "100,000 ampersands": text("a: " + "&" * 100_000),
    "100,000 stars": text("a: " + "*" * 100_000),
    "100,000 anchors": text("".join(f"k{n}: &a{n} 1\n" for n in range(12_000))),
    "an anchor of 100,000 letters": text(f"a: &{'x' * 100_000} 1\n"),
    "a key of 100,000 letters": text(f"{'k' * 100_000}: 1\n"),
    "a word of 200,000 letters": put("why", "w" * 200_000),
    "a long block": put("why", "|\n" + "      line\n" * 20_000),
    # Aliases.
    "a list that holds itself": text("a: &a\n  - *a\n"),
    "a map that holds itself": text("a: &a\n  b: *a\n"),
    "the whole that holds itself": text("&a\na: *a\n"),
    "two that hold each other": text("a: &a [&b [*a], *b]\n"),
    "a bomb of lists": bomb(9, 9, "[", "]"),
    "a bomb of maps": bomb(9, 9, "{", "}"),
    "a wide bomb": bomb(150, 3, "[", "]"),
    "an alias that is missing": text("a: *nowhere\n"),
    "an anchor twice": text("a: &x 1\nb: &x 2\nc: *x\n"),
    "a merge of itself": text("a: &a\n  <<: *a\n"),
    "a merge bomb": text(
        "a0: &a0 {k: 1}\n"
        + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))
    ),
    "a merge of a word": text("a:\n  <<: word\n"),
    "an alias as a key": text("a: &a b\n*a : 1\n"),
    # Keys.
    "a list as a key": text("? [a, b]\n: 1\n"),
    "a map as a key": text("? {a: b}\n: 1\n"),
    "an empty key": text(": 1\n"),
    "a number as a key": text("1: 2\n"),
    "not a number as a key": text(".nan: 1\n"),
    "a date as a key": text("2026-01-01: 1\n"),
    "a boolean as a key": text("true: 1\n"),
    "a key twice": put("app: .", "app: .\napp: ."),
    "a key in two spellings": put("app: .", 'app: .\n"app": .'),
    # Scalars.
    "an impossible date": put("why", "2026-02-31"),
    "an impossible time": put("why", "2026-01-01 99:99:99"),
    "a number of 5,000 digits": put("10m", "9" * 5000),
    "a hexadecimal number of 5,000 digits": put("10m", "0x" + "f" * 5000),
    "a sexagesimal number": put("10m", "1:" * 50_000 + "1"),
    "a number that overflows": put("10m", "1e999"),
    "infinity": put("10m", ".inf"),
    "not a number": put("10m", ".nan"),
    "a duration without end": put("10m", "99999999999999999999m"),
    "a duration below zero": put("10m", "-5m"),
    "a percentage of many digits": put("COMPLETE 100", "COMPLETE " + "9" * 5000),
    "a wrong boolean": put("why", "!!bool perhaps"),
    "a wrong integer": put("why", "!!int ''"),
    "a wrong float": put("why", "!!float x"),
    "a wrong timestamp": put("why", "!!timestamp soon"),
    "broken base64": put("why", "!!binary '****'"),
    "binary": put("why", "!!binary aGVsbG8="),
    "a set": put("[off, on]", "!!set {off, on}"),
    "pairs": put("[off, on]", "!!pairs [off: 1]"),
    "an ordered map": put("[off, on]", "!!omap [off: 1]"),
    "null for a list": put("[off, on]", "~"),
    "an object of Python": text("a: !!python/object/apply:os.system [id]\n"),
    "a module of Python": text("a: !!python/module:os\n"),
    "a tag of 100,000 letters": text(f"a: !{'t' * 100_000} 1\n"),
    # What the file says.
    "a list instead of a map": text("- a\n"),
    "a word instead of a map": text("word\n"),
    "a name of 300 letters": put("small", "n" * 300),
    "a name of terminal codes": put("small", '"\\e[2J\\u202e"'),
    "a name that leaves": put("small", "../../etc/x"),
    "an app that leaves": put("app: .", "app: ../../../../etc"),
    "an app of 5,000 letters": put("app: .", f"app: {'a/' * 2500}"),
    "an app with a NUL": put("app: .", 'app: "a\\0b"'),
    "a flag of 100,000 letters": put("some.flag", "f" * 100_000),
    "1,000 values": put("[off, on]", f"[{', '.join(f'v{n}' for n in range(1000))}]"),
    "a row that is a map": put("ABSENT", "{a: b}"),
    "a row of 100,000 letters": put("ABSENT", "A" * 100_000),
}
