"""A program that the user runs: it is talked to, and never started, read or ended here."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class ForeignService:
    """It, by its address; `harness.engines.service.Running` documents the members."""

    name: str
    address: str

    @property
    def id(self) -> str:
        return self.address

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    def port(self, name: str) -> int:  # noqa: ARG002 - it has one
        return urlsplit(self.address).port or 80

    def ended(self) -> str | None:
        return None

    def output_tail(self, lines: int = 20) -> str:  # noqa: ARG002 - it goes where the user put it
        return ""

    def read(self, folder: str, path: str, offset: int = 0) -> bytes:  # noqa: ARG002
        return b""

    def where(self, folder: str, path: str) -> str:
        return f"{self.address}: {folder}/{path}"

    def kill(self) -> None:
        """It is the user's, and goes on."""

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        return 1, f"{argv[0]}: {self.name} is not ours"
