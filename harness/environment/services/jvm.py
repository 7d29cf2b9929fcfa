"""What the JVM of a Confluence is started with."""

from collections.abc import Sequence

from harness.engines.service import Placement
from harness.environment.services.names import LOOPBACK
from harness.environment.tls import TRUST_STORE_PASSWORD

Proxy = tuple[str, int]
"""Host and port of a proxy, as the JVM reaches it."""


def confluence_jvm_arguments(
    place: Placement,
    system_features: Sequence[str] = (),
    proxy: Proxy | None = None,
    *,
    own_trust: bool = False,
) -> list[str]:
    """What the JVM of any Confluence gets: debugger, trust store, and doors that tests need open.

    The trust store replaces the JVM's own, so the harness's CA is the only one that is trusted:
    no request is to leave the stack's network, or all go through the recording proxy. Dark
    features of the system level are properties of the JVM (container facts, section 3.3).

    Args:
        place: where the JVM runs.
        system_features: dark features of the system level.
        proxy: where its calls to other machines go; None for none.
        own_trust: whether the JVM keeps its own trust store.
    """
    return [
        f"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address={_jdwp(place)}",
        *(() if own_trust else trust_arguments(place)),
        "-Dupm.plugin.upload.enabled=true",
        "-Datlassian.upm.signature.check.disabled=true",
        "-Dpassword.confirmation.disabled=true",
        *(f"-Datlassian.darkfeature.{key}=true" for key in system_features),
        *(_proxy_arguments(place, proxy) if proxy else ()),
    ]


def trust_arguments(place: Placement) -> list[str]:
    """The JVM's properties that make it trust what a service's `trust.p12` holds."""
    return [
        f"-Djavax.net.ssl.trustStore={place.file('trust.p12')}",
        f"-Djavax.net.ssl.trustStorePassword={TRUST_STORE_PASSWORD}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    ]


def _proxy_arguments(place: Placement, proxy: Proxy) -> list[str]:
    """The JVM's own settings, which Atlassian documents for its servers.

    Loopback stays out by the JVM's default, so that nothing has to be said of it: a list has bars
    between its names, and those are pipes to the shell that starts a real Confluence. A stack of
    processes has its cloud on loopback, though.
    """
    host, port = proxy
    words = [
        f"-D{scheme}.{what}={value}"
        for scheme in ("http", "https")
        for what, value in (("proxyHost", host), ("proxyPort", port))
    ]
    return [*words, "-Dhttp.nonProxyHosts="] if place.engine == "local" else words


SMALL_JVM = (
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    # The JVM's own timers follow the clock, too: at scale 600 they take a quarter of a core.
    "-XX:-UsePerfData",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:GuaranteedSafepointInterval=0",
    "-XX:AsyncDeflationInterval=600000",
)


def _jdwp(place: Placement) -> str:
    # From Java 9 on a bare port is loopback's only, which nothing outside a container reaches.
    return f"{LOOPBACK if place.engine == 'local' else '*'}:{place.port('jdwp')}"
