"""What else went wrong around a case: in Confluence's log, and by the faults that are in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from harness.checker.record import Record, faults_in_force, mishaps_in_log
from harness.environment.stack import Stack
from harness.store import server_log
from harness.store.evidence import Mishap


@dataclass
class LogSince:
    """Reads both since the case began.

    Args:
        stack: what the case runs on.
        offset: of the log when the case began.
    """

    stack: Stack
    offset: int

    def mishaps(self, record: Record) -> Iterator[Mishap]:
        """What went wrong but is not in the journal.

        Args:
            record: the case's record, which tells what is its own.
        """
        text = self.stack.server_log(self.offset).decode(errors="replace")
        zone = server_log.zone_named(self.stack.log_zone or "UTC")
        records = [
            (
                each.level,
                "\n".join([each.message, *each.continuation]),
                each.time.replace(tzinfo=zone).astimezone(UTC),
            )
            for each in server_log.parse(text)
        ]
        yield from mishaps_in_log(records, record)
        known = {each.kind for each in record.mishaps}
        for each in faults_in_force(self.stack.cloud.faults(), record.declared):
            if each.kind not in known:
                yield each
