"""How tests are shared out among workers: by file, and one by one where a file would be the last.

A file's tests share what is dear to make. Those of the files below share nothing but the session,
and together take longer than all others beside them.
"""

from xdist.scheduler import LoadFileScheduling

ONE_BY_ONE = frozenset(
    {
        "tests/e2e/test_clean_up.py",
        "tests/e2e/test_explain.py",
        "tests/e2e/test_recordings.py",
        "tests/e2e/test_scheduling.py",
        "tests/e2e/test_terminal.py",
        "tests/contract/confluence/test_app_actions.py",
        "tests/contract/confluence/test_listeners_and_rows.py",
    }
)


class SideBySide(LoadFileScheduling):
    """Shares tests out by file, and those of some files one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file in ONE_BY_ONE else file
