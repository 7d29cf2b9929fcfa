"""Describes the app's cloud half: the scripted Connect app, or one of the vendor's."""

from harness.engines.service import Placement, Service
from harness.environment.services.names import APP_URL, CLOUD_APP, CONTROL_TOKEN, LOOPBACK
from harness.environment.services.python_program import environment, listening, python
from harness.environment.tls import Authority


def cloud_app(image: str, key: str, authority: Authority, scale: float, token: str = "") -> Service:
    """The scripted Connect app.

    Args:
        image: its image; unused on the local engine.
        key: its app key.
        authority: the CA of its certificate.
        scale: script seconds per wall second.
        token: what callers of its control API have to send; none without one.
    """
    leaf = authority.issue([CLOUD_APP, "localhost", LOOPBACK])

    def argv(place: Placement) -> list[str]:
        base = f"https://{LOOPBACK}:0" if place.engine == "local" else APP_URL
        return [
            *python(place, "harness.cloud_app"),
            *listening(place, "--control-port", "control", "--port", "https"),
            *("--key", key, "--base-url", base, "--time-scale", f"{scale:g}"),
            *(("--control-token-file", place.file(CONTROL_TOKEN)) if token else ()),
        ]

    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    files |= {CONTROL_TOKEN: token.encode()} if token else {}

    return Service(
        name=CLOUD_APP,
        image=image,
        argv=argv,
        env=environment,
        ports={"control": 8080, "https": 443},
        files=files,
    )


def ace_app(made: str, authority: Authority, site: str, keys_url: str | None) -> Service:
    """A Connect app on atlassian-connect-express, which knows nothing of stubs.

    Args:
        made: its image on Docker, else its folder with its packages in it.
        authority: the CA that it trusts.
        site: the name of the site that it is installed on.
        keys_url: where it fetches the key of a signed install; None where the real hosts' names
            lead to the stub.
    """
    leaf = authority.issue([CLOUD_APP, "localhost", LOOPBACK])

    def env(place: Placement) -> dict[str, str]:
        local = place.engine == "local"
        variables = {
            # In any other mode the framework logs each install with its shared secret.
            "NODE_ENV": "production",
            "HOST": place.bind,
            "PORT": str(place.port("https")),
            "TLS_CERT": place.file("tls.crt"),
            "TLS_KEY": place.file("tls.key"),
            "NODE_EXTRA_CA_CERTS": place.file("ca.pem"),
            "AC_LOCAL_BASE_URL": f"https://{LOOPBACK}:0" if local else APP_URL,
            "AC_HOST_WHITELIST": LOOPBACK if local else f"{site}.atlassian.net",
            "NO_PROXY": "*",
        }
        variables |= {"PORTS_FILE": place.ports_file} if place.ports_file else {}
        return variables | ({"CONNECT_KEYS_CDN_URL": keys_url} if keys_url else {})

    return Service(
        name=CLOUD_APP,
        image=made,
        argv=lambda place: ["node", f"{made}/start.js"] if place.engine == "local" else [],
        env=env,
        ports={"https": 443},
        files={"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key},
    )
