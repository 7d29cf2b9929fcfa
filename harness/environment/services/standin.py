"""Describes the services of a stack: the cloud, the cloud app and the stand-in.

Pure: nothing is started here. What differs between engines is asked from the `Place`.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.engines.builds import STANDIN_JAR
from harness.engines.service import Place, Service
from harness.engines.toolchain import Toolchain
from harness.environment.tls import TRUST_STORE_PASSWORD, Authority

CLOUD, CLOUD_APP, CONFLUENCE = "cloud", "cloud-app", "confluence"
HOME = "/var/atlassian/application-data/confluence"
LOG = "logs/atlassian-confluence.log"

PLATFORM_HOSTS = (
    "api.atlassian.com",
    "connect-install-keys.atlassian.com",
    "asap-distribution.us-west-2.prod.atl-asap.net",
)
"""Hosts of the real cloud that the stub answers for on a Docker network (design, 4.5)."""

PLATFORM_URL = f"https://{PLATFORM_HOSTS[0]}"
APP_URL = f"https://{CLOUD_APP}"
"""Where services on a Docker network reach the cloud's server side, and the cloud app."""

_JDWP_LISTENS = re.compile(r"Listening for transport dt_socket at address: (\d+)")
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Account:
    """The administrator of a stand-in that comes set up; it guards nothing."""

    user: str = "admin"
    password: str = "admin"  # noqa: S105 - a throw-away instance on loopback


def cloud(
    image: str, site: str, authority: Authority, scale: float, content: bytes | None = None
) -> Service:
    """The stub of the Atlassian cloud, behind the names of the real one.

    Args:
        image: its image; unused on the local engine.
        site: the name of its site.
        authority: the CA of its certificate.
        scale: platform seconds per wall second.
        content: YAML of the site's content; an empty site without it.
    """
    names = (*PLATFORM_HOSTS, f"{site}.atlassian.net")
    leaf = authority.issue([*names, CLOUD, "localhost", _LOOPBACK])

    def argv(place: Place) -> list[str]:
        words = [
            *_python(place, "harness.cloud"),
            *_listening(place, "--port", "http", "--tls-port", "https"),
            *("--data", place.folder("data"), "--site", site, "--time-scale", f"{scale:g}"),
        ]
        if content is not None:
            words += ["--site-file", place.file("site.yaml")]
        if place.engine == "local":
            # No names point here on loopback, so the site's address is the port it listens on.
            words += ["--public-url", f"https://{_LOOPBACK}:0"]
        return words

    files = {"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key}
    return Service(
        name=CLOUD,
        image=image,
        argv=argv,
        env=lambda place: {"SSL_CERT_FILE": place.file("ca.pem")},
        ports={"http": 8080, "https": 443},
        files=files if content is None else files | {"site.yaml": content},
        folders={"data": "/var/lib/harness-cloud"},
        aliases=names,
    )


def cloud_app(image: str, key: str, authority: Authority, scale: float) -> Service:
    """The scripted Connect app."""
    leaf = authority.issue([CLOUD_APP, "localhost", _LOOPBACK])

    def argv(place: Place) -> list[str]:
        base = f"https://{_LOOPBACK}:0" if place.engine == "local" else APP_URL
        return [
            *_python(place, "harness.cloud_app"),
            *_listening(place, "--control-port", "control", "--port", "https"),
            *("--key", key, "--base-url", base, "--time-scale", f"{scale:g}"),
        ]

    return Service(
        name=CLOUD_APP,
        image=image,
        argv=argv,
        env=lambda place: {"SSL_CERT_FILE": place.file("ca.pem")},
        ports={"control": 8080, "https": 443},
        files={"ca.pem": authority.pem, "tls.crt": leaf.certificate, "tls.key": leaf.key},
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
    leaf = authority.issue([CLOUD_APP, "localhost", _LOOPBACK])

    def env(place: Place) -> dict[str, str]:
        local = place.engine == "local"
        variables = {
            # In any other mode the framework logs each install with its shared secret.
            "NODE_ENV": "production",
            "HOST": place.bind,
            "PORT": str(place.port("https")),
            "TLS_CERT": place.file("tls.crt"),
            "TLS_KEY": place.file("tls.key"),
            "NODE_EXTRA_CA_CERTS": place.file("ca.pem"),
            "AC_LOCAL_BASE_URL": f"https://{_LOOPBACK}:0" if local else APP_URL,
            "AC_HOST_WHITELIST": _LOOPBACK if local else f"{site}.atlassian.net",
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


def standin(
    image: str,
    *,
    ccma: str,
    site: str,
    authority: Authority,
    scale: float,
    platform_url: str,
    account: Account,
    fixed_ports: Mapping[str, int],
    toolchain: Toolchain | None,
    jars: str | None,
    setup: str = "complete",
    memory: str | None = None,
    home: Path | None = None,
    system_features: Sequence[str] = (),
) -> Service:
    """The stand-in for Confluence.

    Args:
        image: its image; unused on the local engine.
        ccma: the CCMA version whose profile it shows.
        site: the cloud site it is connected to.
        authority: the CA it trusts.
        scale: server seconds per wall second.
        platform_url: where its CCMA reaches the cloud.
        account: the administrator it comes with.
        fixed_ports: name -> host port, where one was asked for.
        toolchain: JDK and libraries; on the local engine only.
        jars: folder of the built stand-in; on the local engine only.
        setup: `complete` comes set up, `wizard` shows the set-up wizard.
        memory: limit of its container.
        home: tar of a kept home to begin with.
        system_features: dark features that the JVM is started with.
    """

    def env(place: Place) -> dict[str, str]:
        variables = {
            "JVM_SUPPORT_RECOMMENDED_ARGS": " ".join(
                confluence_jvm_arguments(place, system_features)
            ),
            "CCMA_VERSION": ccma,
            "CCMA_PLATFORM_URL": platform_url,
            "CCMA_CLOUD_URL": f"https://{site}.atlassian.net",
            "STANDIN_SETUP": setup,
            "STANDIN_ADMIN_USER": account.user,
            "STANDIN_ADMIN_PASSWORD": account.password,
            "STANDIN_TIME_SCALE": f"{scale:g}",
            "STANDIN_BIND": place.bind,
        }
        if place.ports_file:
            variables |= {
                "CONFLUENCE_HOME": place.folder("home"),
                "STANDIN_HTTP_PORT": str(place.port("http")),
                "STANDIN_SYNCHRONY_PORT": str(place.port("synchrony")),
                "STANDIN_PORTS_FILE": place.ports_file,
            }
        if scale != 1:
            # In a container the entrypoint preloads the library, for the JVM alone.
            variables |= {"FAKETIME": f"+0 x{scale:g}"}
            variables |= {"LD_PRELOAD": str(toolchain.faketime)} if toolchain else {}
        return variables

    def argv(place: Place) -> list[str]:
        if toolchain is None or jars is None:
            return []
        arguments = env(place)["JVM_SUPPORT_RECOMMENDED_ARGS"].split()
        return [str(toolchain.java), *_SMALL_JVM, *arguments, "-jar", f"{jars}/{STANDIN_JAR}"]

    return Service(
        name=CONFLUENCE,
        image=image,
        argv=argv,
        env=env,
        ports={"http": 8090, "synchrony": 8091, "jdwp": 5005},
        fixed_ports=fixed_ports,
        announced={"jdwp": _JDWP_LISTENS},
        files={"trust.p12": authority.java_trust_store()},
        folders={"home": HOME},
        archives={"home": home} if home else {},
        shares_archives=True,
        memory=memory or "512m",
    )


def confluence_jvm_arguments(place: Place, system_features: Sequence[str] = ()) -> list[str]:
    """What the JVM of any Confluence gets: debugger, trust store, and doors that tests need open.

    The trust store replaces the JVM's own, so the harness's CA is the only one that is trusted:
    nothing outside the stack's network is to be asked. Dark features of the system level are
    properties of the JVM (container facts, section 3.3).
    """
    return [
        f"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address={_jdwp(place)}",
        f"-Djavax.net.ssl.trustStore={place.file('trust.p12')}",
        f"-Djavax.net.ssl.trustStorePassword={TRUST_STORE_PASSWORD}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
        "-Dupm.plugin.upload.enabled=true",
        "-Datlassian.upm.signature.check.disabled=true",
        "-Dpassword.confirmation.disabled=true",
        *(f"-Datlassian.darkfeature.{key}=true" for key in system_features),
    ]


_SMALL_JVM = (
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    # The JVM's own timers follow the clock, too: at scale 600 they take a quarter of a core.
    "-XX:-UsePerfData",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:GuaranteedSafepointInterval=0",
    "-XX:AsyncDeflationInterval=600000",
)


def _jdwp(place: Place) -> str:
    # From Java 9 on a bare port is loopback's only, which nothing outside a container reaches.
    return f"{_LOOPBACK if place.engine == 'local' else '*'}:{place.port('jdwp')}"


def _python(place: Place, module: str) -> list[str]:
    return [sys.executable if place.engine == "local" else "python3", "-m", module]


def _listening(place: Place, *flags_and_ports: str) -> list[str]:
    words = ["--host", place.bind]
    for flag, name in zip(flags_and_ports[::2], flags_and_ports[1::2], strict=True):
        words += [flag, str(place.port(name))]
    words += ["--tls-cert", place.file("tls.crt"), "--tls-key", place.file("tls.key")]
    return [*words, *(["--ports-file", place.ports_file] if place.ports_file else [])]
