"""Lines follow the pattern of reference/confluence-container.md section 5.1; values invented."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.store import server_log
from harness.store.server_log import parse, with_zone, zone_named, zone_of

TEXT = """the end of a record that was cut
2025-01-02 03:04:05,678 ERROR [http-nio-8090-exec-3] [example.app.rest.Thing] doIt Something failed
 -- url: /wiki/x | referer: /y | userName: admin | traceId: 0a1b
java.lang.IllegalStateException: no
\tat example.app.rest.Thing.doIt(Thing.java:5)
Caused by: java.io.IOException: disk

2025-01-02 03:04:06,001 WARN [Caesium-1-1] [migration.agent.app.Linker] link Cloud app key is null \
for server app key charts-plugin
2025-01-02 03:04:07,002 INFO  [main] [atlassian.confluence.lifecycle] <init> Confluence is ready
"""


def test_a_record_begins_at_a_timestamp_only():
    error, warn, ready = server_log.parse(TEXT)
    assert error.time == datetime(2025, 1, 2, 3, 4, 5, 678000)
    assert (error.level, error.thread) == ("ERROR", "http-nio-8090-exec-3")
    assert (error.logger, error.method) == ("example.app.rest.Thing", "doIt")
    assert error.message == "Something failed"
    assert error.context == "url: /wiki/x | referer: /y | userName: admin | traceId: 0a1b"
    assert error.stack[0] == "java.lang.IllegalStateException: no"
    assert error.stack[-1] == "Caused by: java.io.IOException: disk"
    assert warn.message.startswith("Cloud app key is null for server app key")
    assert (warn.context, warn.stack) == ("", ())
    assert (ready.level, ready.method) == ("INFO", "<init>")


def test_odd_threads_and_messages():
    (record,) = server_log.parse(
        "2025-01-02 03:04:05,678 WARN [pool[3] a] [x.y] run [12] {a: [b]}\n2025-01-02 not a record"
    )
    assert (record.thread, record.message) == ("pool[3] a", "[12] {a: [b]}")
    assert record.stack == ("2025-01-02 not a record",)


def test_no_records():
    assert server_log.parse("") == []
    assert server_log.parse("plain\ntext") == []


def kept(*newest_first):
    """Reads a log and its rolled files as an engine does."""
    names = [server_log.LOG_FILE + (f".{n}" if n else "") for n in range(len(newest_first))]
    files = dict(zip(names, newest_first, strict=True))
    return lambda path: files.get(path, b"")


def test_an_offset_in_the_whole_log_survives_that_it_is_rolled():
    before = server_log.whole(kept(b"one\ntwo\n"))
    after = server_log.whole(kept(b"four\n", b"three\n", b"one\ntwo\n"))
    assert after[len(before) :] == b"three\nfour\n"
    assert server_log.whole(kept()) == b""


def test_a_log_that_is_rolled_while_it_is_read_is_read_again():
    looks = iter([kept(b"one\n"), kept(b"", b"one\ntwo\n"), *[kept(b"three\n", b"one\ntwo\n")] * 9])
    assert server_log.whole(lambda path: next(looks)(path)) == b"one\ntwo\nthree\n"


LINE = "2026-01-01 19:00:00,000 WARN [main] [a.B] poll it failed"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "+0900", "+09:00"])
def test_the_times_of_a_kept_log_are_in_the_servers_zone(zone: str) -> None:
    kept = with_zone(LINE, zone)
    (record,) = parse(kept)
    at = record.time.replace(tzinfo=zone_of(kept)).astimezone(UTC)
    assert at == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_a_log_that_does_not_say_its_zone_is_in_utc() -> None:
    assert with_zone(LINE, None) == LINE
    assert zone_of(LINE) is UTC
    assert zone_of(with_zone(LINE, "Mars/Olympus")) is UTC
    west = datetime(2026, 1, 1, tzinfo=zone_named("-0330"))
    assert west.utcoffset() == -timedelta(hours=3, minutes=30)


def test_a_line_with_a_time_that_no_clock_shows_belongs_to_the_record_before_it() -> None:
    told = (
        "2026-01-01 10:05:00,000 ERROR [main] [x.Y] z\n2026-02-31 10:05:00,000 WARN [m] [x.Y] w\n"
    )
    (only,) = parse(told)
    assert only.continuation == ("2026-02-31 10:05:00,000 WARN [m] [x.Y] w",)
