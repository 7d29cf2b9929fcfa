"""Which cloud goes with which Confluence: what cannot work is refused before anything starts.

The assistant's protocol to the platform is private, so the stub answers the stand-in alone
(docs/server-protocol.md), and a real assistant needs the real cloud.
"""

from harness.errors import BadInput
from harness.settings.model import Settings

STUB = "stub"

_ADDRESS = ("http://", "https://")


def check_cloud(settings: Settings) -> None:
    """Refuses a Confluence and a cloud with which no case could come to a verdict.

    Raises:
        BadInput: with the reason and the ways that do work.
    """
    cloud = settings.cloud
    if settings.is_standin:
        if cloud not in (None, STUB):
            raise BadInput(
                f"--cloud {cloud}: a stand-in that the harness brings up speaks the harness's own "
                "protocol, which only the stub answers: leave --cloud out, or name a Confluence "
                "that runs already by its address"
            )
    elif settings.is_attached:
        if cloud in (None, STUB):
            raise BadInput(
                f"--confluence {settings.confluence}: say which cloud it talks to: --cloud real, "
                "or --cloud http://HOST:PORT, the control address of the stub that it is "
                "connected to (`harness cloud serve`)"
            )
    elif settings.replay is None:
        raise BadInput(
            f"--confluence {settings.confluence} {_shown(cloud)}: the image's assistant speaks a "
            "private protocol that the stub does not answer, and a stack that the harness brings "
            "up is shut off from the real cloud, so no case could come to a verdict. What works: "
            "start the image yourself, connect its site, and name its address (--confluence "
            "http://HOST:8090 --cloud real); a recording of it (--replay); or --confluence standin"
        )


def _shown(cloud: str | None) -> str:
    return "with the stub alone" if cloud in (None, STUB) else f"with --cloud {cloud}"


def stub_address(settings: Settings) -> str | None:
    """The control address of the stub that serves a Confluence which runs already, if one does."""
    cloud = settings.cloud or ""
    return cloud.rstrip("/") if cloud.startswith(_ADDRESS) else None
