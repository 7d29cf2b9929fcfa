import pytest

from harness.report.safe_text import bounded, link_inside, shown, web_link


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain, grün, 漢字, 100 %", "plain, grün, 漢字, 100 %"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07done", "red done"),
        ("a\x00b\x08c\x7f", "a␀b␈c⌈U+007F⌉"),
        ("file\u202egnp.exe", "file⌈U+202E⌉gnp.exe"),
        ("a\u200bb", "a⌈U+200B⌉b"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("cr\rlf", "cr␍lf"),
    ],
)
def test_what_is_invisible_is_shown(text: str, wanted: str) -> None:
    assert shown(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer SENTINEL-1234",
        "Authorization: JWT eyJhbGciOiJI.eyJpc3MiOiJ4.SENTINEL",
        "authorization=Basic U0VOVElORUwxMjM0",
        "token eyJhbGciOiJI.SENTINEL.",
        '{"sharedSecret": "SENTINEL"}',
        '{"sharedSecret":"a \\" SENTINEL"}',
        r'{"text": "{\"sharedSecret\": \"SENTINEL\"}"}',
        "{'password': 'SENTINEL'}",
        "os_password=SENTINEL&os_username=admin",
        "atl_token=SENTINEL",
        "Set-Cookie: JSESSIONID=SENTINEL; Path=/; seraph.confluence=SENTINEL",
        "JSESSIONID=SENTINEL",
        "GET /_signed/x?expires=1&signature=SENTINEL",
        "https://admin:SENTINEL@example.org/",
        "-----BEGIN RSA PRIVATE KEY-----\nSENTINEL\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nSENTINEL cut off",
        "AAAB" + "SENTINEL/+" * 9 + "\n" + "SENTINEL" * 9 + "X02eu",
        "ATL_LICENSE_KEY=SENTINEL",
        "api-key: SENTINEL",
    ],
)
def test_what_is_secret_is_gone(text: str) -> None:
    found = shown(f"before {text}")
    assert "SENTINEL" not in found
    assert "U0VOVElORUwxMjM0" not in found
    assert "[removed]" in found
    assert found.startswith("before ")


def test_what_merely_looks_like_a_secret_stays() -> None:
    text = "the basic case: cookies are on, tokens are judged by wall time"
    assert shown(text) == text


def test_a_secret_does_not_survive_a_cut() -> None:
    assert "SENT" not in bounded("x" * 10 + " password=SENTINEL", 24)


def test_what_is_left_out_is_said() -> None:
    assert bounded("abcdef", 4) == "abcd … (2 more characters)"
    assert bounded("abcd", 4) == "abcd"


def test_very_long_lines_are_cleaned_in_no_time() -> None:
    hostile = "secret" * 50_000 + "-" * 50_000 + "AAAB" * 50_000 + "://" + "a" * 100_000
    assert len(shown(hostile)) > 100_000


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("case/page.png", "./case/page.png"),
        ("a=b,c[1]/x y.png", "./a%3Db%2Cc%5B1%5D/x%20y.png"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("../etc/passwd", None),
        ("a/../../b", None),
        ("/etc/passwd", None),
        ("a\\..\\..\\b", None),
        ("//host/x", None),
        ("a\nb", None),
        ("", None),
    ],
)
def test_a_link_stays_inside_the_run(path: str, link: str | None) -> None:
    assert link_inside(path) == link


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://developer.atlassian.com/platform/app-migration/?x=1#y", True),
        ("http://example.org/", False),
        ("javascript:alert(1)", False),
        ("https://example.org/\nx", False),
        ("data:text/html,x", False),
    ],
)
def test_only_https_is_followed(address: str, may: bool) -> None:
    assert (web_link(address) == address) is may
