"""Describes the stub of the Atlassian cloud."""

from harness.engines.service import Placement, Service
from harness.environment.services.names import CLOUD, LOOPBACK, PLATFORM_HOSTS
from harness.environment.services.python_program import (
    control_files,
    control_words,
    environment,
    listening,
    python,
)
from harness.environment.tls import Authority


def cloud(
    image: str,
    site: str,
    authority: Authority,
    scale: float,
    content: bytes | None = None,
    token: str = "",
) -> Service:
    """The stub of the Atlassian cloud, behind the names of the real one.

    Args:
        image: its image; unused on the local engine.
        site: the name of its site.
        authority: the CA of its certificate.
        scale: platform seconds per wall second.
        content: YAML of the site's content; an empty site without it.
        token: what callers of its control API have to send; none without one.
    """
    names = (*PLATFORM_HOSTS, f"{site}.atlassian.net")
    leaf = authority.issue([*names, CLOUD, "localhost", LOOPBACK])

    def argv(place: Placement) -> list[str]:
        words = [
            *python(place, "harness.cloud"),
            *listening(place, "--port", "http", "--tls-port", "https"),
            *("--data", place.folder("data"), "--site", site, "--time-scale", f"{scale:g}"),
        ]
        words += control_words(place, token)
        if content is not None:
            words += ["--site-file", place.file("site.yaml")]
        if place.engine == "local":
            # No names point here on loopback, so the site's address is the port it listens on.
            words += ["--public-url", f"https://{LOOPBACK}:0"]
        return words

    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    files |= control_files(token)
    return Service(
        name=CLOUD,
        image=image,
        argv=argv,
        env=environment,
        ports={"http": 8080, "https": 443},
        files=files if content is None else files | {"site.yaml": content},
        folders={"data": "/var/lib/harness-cloud"},
        aliases=names,
    )
