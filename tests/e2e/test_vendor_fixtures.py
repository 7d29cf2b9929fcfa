"""The fixtures as a vendor uses them in a test of their own."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from harness import DEV_MODE, FEATURE, CloudControl, Migration, ProgressRow, RowMismatch

pytestmark = pytest.mark.ccma("3.9.6")


@pytest.mark.dark_features({FEATURE: True})
def test_a_migration_completes_after_the_next_refresh(
    migration: Migration, progress_row: ProgressRow
) -> None:
    migration.start()
    assert progress_row.becomes("COMPLETE").percent == 100


@pytest.mark.cloud_app("never-settles")
@pytest.mark.dark_features({FEATURE: True, DEV_MODE: True})
def test_a_cloud_app_that_never_settles_leaves_the_row_running(
    migration: Migration, progress_row: ProgressRow, cloud: CloudControl
) -> None:
    migration.start()
    progress_row.becomes("RUNNING")
    assert progress_row.stays("RUNNING", through=timedelta(minutes=5)).status == "RUNNING"
    assert [transfer["status"] for transfer in cloud.transfers()] == ["IN_PROGRESS"]


@pytest.mark.dark_features({FEATURE: True})
def test_flags_can_be_set_within_a_test(
    dark_features: Callable[[Mapping[str, bool]], None], migration: Migration
) -> None:
    dark_features({FEATURE: False})
    migration.start()
    assert migration.row.now().status == "ABSENT"


@pytest.mark.dark_features({FEATURE: True, DEV_MODE: True})
def test_a_wait_ends_early_when_the_row_is_final(
    migration: Migration, progress_row: ProgressRow
) -> None:
    migration.start()
    progress_row.becomes("COMPLETE")
    with pytest.raises(RowMismatch, match="expected FAILED, saw COMPLETE 100"):
        progress_row.becomes("FAILED")


@pytest.mark.dark_features({FEATURE: True, DEV_MODE: True})
def test_a_poll_before_the_transfer_is_made_is_not_the_last(
    migration: Migration, progress_row: ProgressRow, cloud: CloudControl
) -> None:
    # In dev mode the first poll is due after a minute of server time: well before that.
    cloud.add_fault(
        {"kind": "latency", "seconds": 1, "route": "*/migrations/*/transfers", "method": "POST"}
    )
    migration.start()
    assert progress_row.becomes("COMPLETE").percent == 100
