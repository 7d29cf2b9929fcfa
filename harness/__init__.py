"""End-to-end tests for app migrations with the Confluence Cloud Migration Assistant.

What stands here is what other people's tests may import (docs/api.md); everything else is the
harness's own and may change. Each name is imported when it is first used: the cloud's image has
few of these packages, and who imports one name should not pay for the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.cases import Case, load
    from harness.drivers.cloud import CloudControl
    from harness.drivers.confluence.session import ConfluenceClient
    from harness.environment.stack import Stack
    from harness.errors import (
        BadInput,
        DriverError,
        HarnessError,
        RowMismatch,
        ServiceDied,
        WaitTimedOut,
    )
    from harness.store.results import CaseResult
    from harness.testbed.progress_row import ProgressRow
    from harness.testbed.testbed import Migration
    from harness.vocabulary.features import DEV_MODE, FEATURE
    from harness.vocabulary.rows import Row

__all__ = [
    "DEV_MODE",
    "FEATURE",
    "BadInput",
    "Case",
    "CaseResult",
    "CloudControl",
    "ConfluenceClient",
    "DriverError",
    "HarnessError",
    "Migration",
    "ProgressRow",
    "Row",
    "RowMismatch",
    "ServiceDied",
    "Stack",
    "WaitTimedOut",
    "load",
]

_MODULES = {
    "DEV_MODE": "harness.vocabulary.features",
    "FEATURE": "harness.vocabulary.features",
    "BadInput": "harness.errors",
    "Case": "harness.cases",
    "CaseResult": "harness.store.results",
    "CloudControl": "harness.drivers.cloud",
    "ConfluenceClient": "harness.drivers.confluence.session",
    "DriverError": "harness.errors",
    "HarnessError": "harness.errors",
    "Migration": "harness.testbed.testbed",
    "ProgressRow": "harness.testbed.progress_row",
    "Row": "harness.vocabulary.rows",
    "RowMismatch": "harness.errors",
    "ServiceDied": "harness.errors",
    "Stack": "harness.environment.stack",
    "WaitTimedOut": "harness.errors",
    "load": "harness.cases",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
