"""Placements as services meet them on each engine, for tests that start nothing."""

from dataclasses import dataclass

from harness.engines.service import EngineName
from harness.environment.tls import Authority


@dataclass(frozen=True)
class InDocker:
    engine: EngineName = "docker"
    bind: str = "0.0.0.0"
    host: str = "docker.example"
    ports_file: str | None = None

    def port(self, name: str) -> int:
        return {"http": 8090, "synchrony": 8091, "jdwp": 5005, "https": 443, "control": 8080}[name]

    def file(self, name: str) -> str:
        return f"/files/{name}"

    def folder(self, name: str) -> str:
        return f"/folders/{name}"


@dataclass(frozen=True)
class OnLoopback(InDocker):
    engine: EngineName = "local"
    bind: str = "127.0.0.1"
    ports_file: str | None = "/run/ports.json"

    def port(self, name: str) -> int:
        return 0


AUTHORITY = Authority()
