"""A fresh stack for each case, as testcontainers is used out of the box: its wait strategies."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HttpWaitStrategy

from benchmarks import bare

testcontainers_config.ryuk_disabled = True  # its image is not to be had everywhere


@contextmanager
def docker_stack(parts: bare.Parts, ccma: str) -> Iterator[bare.Addresses]:
    """The three containers of a stack, each waited for before the next one starts."""
    with ExitStack() as at_end:
        files = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        files.chmod(0o755)
        bare.write_tls(files)
        network = at_end.enter_context(Network())

        def started(container: DockerContainer, port: int, path: str) -> str:
            """Where a container answers, once it does."""
            container.with_network(network).with_volume_mapping(files, "/files")
            container.waiting_for(HttpWaitStrategy(port, path))
            at_end.enter_context(container)
            return f"http://127.0.0.1:{container.get_exposed_port(port)}"

        tls = ["--tls-cert", "/files/tls.crt", "--tls-key", "/files/tls.key", "--host", "0.0.0.0"]
        cloud = DockerContainer(parts.cloud_image).with_exposed_ports(8080)
        cloud.with_network_aliases(*bare.HOSTS).with_env("SSL_CERT_FILE", "/files/ca.pem")
        cloud.with_command(
            ["python3", "-m", "harness.cloud", "--port", "8080", "--tls-port", "443"]
            + ["--data", "/var/lib/harness-cloud", "--time-scale", str(bare.SCALE), *tls]
        )
        app = DockerContainer(parts.cloud_image).with_exposed_ports(8080)
        app.with_network_aliases("cloud-app").with_env("SSL_CERT_FILE", "/files/ca.pem")
        app.with_command(
            ["python3", "-m", "harness.cloud_app", "--port", "443", "--control-port", "8080"]
            + ["--key", "charts-for-confluence", "--base-url", "https://cloud-app", *tls]
        )
        confluence = DockerContainer(parts.standin).with_exposed_ports(8090, 8091, 5005)
        confluence.with_envs(
            **bare.standin_variables(ccma, "https://api.atlassian.com"),
            JVM_SUPPORT_RECOMMENDED_ARGS=" ".join(bare.jvm("/files", "*:5005")),
            LD_PRELOAD="/opt/faketime/libfaketimeMT.so.1",
        )
        cloud_url = started(cloud, 8080, "/_harness/health")
        app_url = started(app, 8080, "/_app/events")
        url = started(confluence, 8090, "/status")
        yield bare.Addresses(url, cloud_url, app_url, "https://cloud-app")
