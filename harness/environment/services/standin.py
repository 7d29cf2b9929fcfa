"""Describes the stand-in for Confluence."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.drivers.confluence.session import Account
from harness.engines import shared_memory
from harness.engines.builds import STANDIN_JAR
from harness.engines.service import Placement, Service
from harness.engines.toolchain import Toolchain
from harness.environment.services.jvm import SMALL_JVM, Proxy, confluence_jvm_arguments
from harness.environment.services.names import CONFLUENCE, HOME
from harness.environment.tls import Authority

_JDWP_LISTENS = re.compile(r"Listening for transport dt_socket at address: (\d+)")


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
    pages: str = "script",
    memory: str | None = None,
    home: Path | None = None,
    system_features: Sequence[str] = (),
    proxy: Proxy | None = None,
    own_protocol: bool = True,
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
        fixed_ports: name -> host port, where the user chose one.
        toolchain: JDK and libraries; on the local engine only.
        jars: folder of the built stand-in; on the local engine only.
        setup: `complete` comes set up, `wizard` shows the set-up wizard.
        pages: a `script` draws the assistant's pages over REST, or the `server` does.
        memory: limit of its container.
        home: tar of a kept home to begin with.
        system_features: dark features that the JVM is started with.
        proxy: where its calls to the cloud go through.
        own_protocol: whether it speaks the stub's protocol, or another one.
    """

    def env(place: Placement) -> dict[str, str]:
        variables = {
            "JVM_SUPPORT_RECOMMENDED_ARGS": " ".join(
                confluence_jvm_arguments(place, system_features, proxy)
            ),
            "CCMA_VERSION": ccma,
            "CCMA_PLATFORM_URL": platform_url,
            "CCMA_CLOUD_URL": f"https://{site}.atlassian.net",
            "STANDIN_SETUP": setup,
            "STANDIN_PAGES": pages,
            "STANDIN_PROTOCOL": "own" if own_protocol else "other",
            "STANDIN_ADMIN_USER": account.user,
            "STANDIN_ADMIN_PASSWORD": account.password,
            "STANDIN_TIME_SCALE": f"{scale:g}",
            "STANDIN_BIND": place.bind,
            "STANDIN_HOSTS": place.host,
        }
        if place.ports_file:
            variables |= {
                "CONFLUENCE_HOME": place.folder("home"),
                "STANDIN_HTTP_PORT": str(place.port("http")),
                "STANDIN_SYNCHRONY_PORT": str(place.port("synchrony")),
                "STANDIN_PORTS_FILE": place.ports_file,
            }
        if scale != 1:
            # In a container the entrypoint loads libfaketime, for the JVM alone; else `argv` does.
            variables |= {"FAKETIME": f"+0 x{scale:g}"}
        return variables

    def argv(place: Placement) -> list[str]:
        if toolchain is None or jars is None:
            return []
        arguments = env(place)["JVM_SUPPORT_RECOMMENDED_ARGS"].split()
        java = [str(toolchain.java), *SMALL_JVM, *arguments, "-jar", f"{jars}/{STANDIN_JAR}"]
        return java if scale == 1 else shared_memory.under(toolchain.faketime, java)

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
