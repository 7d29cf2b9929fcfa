"""Describes the app's cloud half: the scripted Connect app, or one of the vendor's."""

from harness.cases import forge_manifest
from harness.cases.app import CloudHalf
from harness.engines.service import Placement, Service
from harness.environment.services.jvm import trust_arguments
from harness.environment.services.names import APP_URL, CLOUD_APP, LOOPBACK
from harness.environment.services.python_program import (
    control_files,
    control_words,
    environment,
    listening,
    python,
)
from harness.environment.tls import Authority
from harness.lifecycle import child_environment
from harness.support import assets


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
            *control_words(place, token),
        ]

    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    files |= control_files(token)

    return Service(
        name=CLOUD_APP,
        image=image,
        argv=argv,
        env=environment,
        ports={"control": 8080, "https": 443},
        files=files,
    )


def plain_cloud_app(key: str, host: str, scale: float) -> Service:
    """The scripted Connect app without TLS, for a stub that this harness did not start.

    Args:
        key: its app key.
        host: the address of this machine by which that stub reaches it.
        scale: script seconds per wall second.
    """

    def argv(place: Placement) -> list[str]:
        return [
            *python(place, "harness.cloud_app"),
            *("--host", host, "--port", "0", "--control-port", "0"),
            *("--key", key, "--base-url", f"http://{host}:0", "--time-scale", f"{scale:g}"),
            *("--ports-file", place.ports_file or ""),
        ]

    return Service(
        name=CLOUD_APP,
        image="",
        argv=argv,
        env=lambda _: child_environment.for_python(),
        ports={"control": 0, "http": 0},
    )


def forge_app(
    made: str, app: CloudHalf, authority: Authority, cloud_url: str, site_url: str
) -> Service:
    """The functions of a Forge app, in a runtime of ours.

    Args:
        made: their image on Docker, else their folder with their packages in it.
        app: the cloud half.
        authority: the CA that it trusts.
        cloud_url: where the platform is, `https://api.atlassian.com` or the stub.
        site_url: where the site is, its `/wiki` left out.
    """
    assert app.source is not None
    leaf = authority.issue([CLOUD_APP, "localhost", LOOPBACK])

    def env(place: Placement) -> dict[str, str]:
        modules = place.file("modules.json")
        return _of_node(place) | {"MODULES": modules, "PLATFORM": cloud_url, "SITE": site_url}

    def argv(place: Placement) -> list[str]:
        runtime = assets.docker_context("cloud-node") / "runtime.js"
        return ["node", str(runtime), made] if place.engine == "local" else []

    return Service(
        name=CLOUD_APP,
        image=made,
        argv=argv,
        env=env,
        ports={"https": 443},
        files={
            "ca.pem": authority.pem,
            "tls.crt": leaf.certificate,
            "tls.key": leaf.key,
            "modules.json": forge_manifest.load(app.source).for_runtime,
        },
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
        variables = _of_node(place) | {
            # In any other mode the framework logs each install with its shared secret.
            "NODE_ENV": "production",
            "AC_LOCAL_BASE_URL": f"https://{LOOPBACK}:0" if local else APP_URL,
            "AC_HOST_WHITELIST": LOOPBACK if local else f"{site}.atlassian.net",
        }
        return variables | ({"CONNECT_KEYS_CDN_URL": keys_url} if keys_url else {})

    return Service(
        name=CLOUD_APP,
        image=made,
        argv=lambda place: ["node", f"{made}/start.js"] if place.engine == "local" else [],
        env=env,
        ports={"https": 443},
        files={"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key},
    )


def started_app(app: CloudHalf, authority: Authority, cloud_url: str) -> Service:
    """A Connect app in any language, which a command of the vendor's starts on this machine.

    Args:
        app: the cloud half.
        authority: the CA that it trusts.
        cloud_url: where the platform, the site and the keys of signed installs are.
    """

    def env(place: Placement) -> dict[str, str]:
        port = str(place.port(PLAIN))
        return {
            "HOST": place.bind,
            "PORT": port,
            "BASE_URL": f"http://{LOOPBACK}:{port}",
            "SITE_URL": cloud_url,
            "CONNECT_KEYS_CDN_URL": cloud_url,
            "AC_HOST_WHITELIST": LOOPBACK,
            "NO_PROXY": "*",
            **_trust(place),
            **app.env,
        }

    return Service(
        name=CLOUD_APP,
        image="",
        argv=lambda _: app.command,
        env=env,
        ports={PLAIN: 0},
        assigned=(PLAIN,),
        cwd=app.source,
        files={"ca.pem": authority.pem, "trust.p12": authority.java_trust_store()},
    )


PLAIN = "http"


def _trust(place: Placement) -> dict[str, str]:
    """The variables by which Node, Python, .NET, Go, Ruby, curl and a JVM learn of a CA."""
    pem = place.file("ca.pem")
    return {
        "NODE_EXTRA_CA_CERTS": pem,
        "SSL_CERT_FILE": pem,
        "REQUESTS_CA_BUNDLE": pem,
        "CURL_CA_BUNDLE": pem,
        "JAVA_TOOL_OPTIONS": " ".join(trust_arguments(place)),
    }


def _of_node(place: Placement) -> dict[str, str]:
    """Where a vendor's program in Node listens, and whom it trusts."""
    variables = {
        "HOST": place.bind,
        "PORT": str(place.port("https")),
        "TLS_CERT": place.file("tls.crt"),
        "TLS_KEY": place.file("tls.key"),
        "NODE_EXTRA_CA_CERTS": place.file("ca.pem"),
        "NO_PROXY": "*",
    }
    return variables | ({"PORTS_FILE": place.ports_file} if place.ports_file else {})
