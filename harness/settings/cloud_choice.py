"""Which cloud goes with which Confluence: what cannot work is refused before anything starts.

The assistant's protocol to the platform is private, so the stub answers the stand-in alone
(docs/server-protocol.md), and a real assistant needs the real cloud.
"""

from harness.errors import BadInput
from harness.settings.model import REAL, STUB, Settings

_ADDRESS = ("http://", "https://")


def check_cloud(settings: Settings) -> None:
    """Refuses a Confluence and a cloud with which no case could come to a verdict.

    Raises:
        BadInput: with the reason and the ways that do work.
    """
    cloud = settings.cloud
    if settings.is_standin:
        check_cloud_of_stack(settings)
    elif settings.is_attached:
        if cloud in (None, STUB):
            raise BadInput(
                f"--confluence {settings.confluence}: say which cloud it talks to: --cloud real, "
                "or --cloud http://HOST:PORT, the control address of the stub that it is "
                "connected to (`harness cloud serve`)"
            )
    elif settings.has_real_cloud:
        check_cloud_of_stack(settings)
        if settings.golden is None:
            raise BadInput(
                f"--confluence {settings.confluence} --cloud real: a new Confluence is connected "
                "to no site, and connecting it is a person's to do, once: `harness up --confluence "
                f"{settings.confluence} --cloud real --headed`, then `harness golden save NAME`; "
                "its home stays connected, so name it here by --golden NAME"
            )
    elif settings.replay is None:
        raise BadInput(
            f"--confluence {settings.confluence} {_shown(cloud)}: the image's assistant speaks a "
            "private protocol that the stub does not answer, so no case could come to a verdict. "
            "What works: the real cloud (--cloud real --golden NAME, a home that is connected to "
            "its site; docs/real-image.md says how one is made); a server that runs already, by "
            "its address (--confluence http://HOST:8090 --cloud real); a recording of it "
            "(--replay); or --confluence standin"
        )


def check_cloud_of_stack(settings: Settings) -> None:
    """Refuses a cloud that a stack which is brought up cannot have, with or without cases.

    Raises:
        BadInput: with the reason and the ways that do work.
    """
    cloud = settings.cloud
    if cloud in (None, STUB):
        return
    if settings.is_standin:
        raise BadInput(
            f"--cloud {cloud}: a stand-in that the harness brings up speaks the harness's own "
            "protocol, which only the stub answers: leave --cloud out, name an image (--confluence "
            "atlassian/confluence:9.2 --cloud real), or a Confluence that runs already by its "
            "address"
        )
    if cloud != REAL:
        raise BadInput(
            f"--cloud {cloud}: a stack that is brought up has a stub of its own, or the real "
            "cloud: --cloud real"
        )
    if settings.time_scale not in (None, 1.0):
        raise BadInput(
            f"--time-scale {settings.time_scale:g}: the real cloud has the true time, and a server "
            "whose clock runs away from it is refused: leave --time-scale out"
        )


def _shown(cloud: str | None) -> str:
    return "with the stub alone" if cloud in (None, STUB) else f"with --cloud {cloud}"


def stub_address(settings: Settings) -> str | None:
    """The control address of the stub that serves a Confluence which runs already, if one does."""
    cloud = settings.cloud or ""
    return cloud.rstrip("/") if cloud.startswith(_ADDRESS) else None
