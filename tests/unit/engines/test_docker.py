import pytest

from harness.engines.docker import reach


@pytest.mark.parametrize(
    ("environ", "host", "published_on"),
    [
        ({}, "127.0.0.1", "127.0.0.1"),
        ({"DOCKER_HOST": "unix:///var/run/docker.sock"}, "127.0.0.1", "127.0.0.1"),
        ({"DOCKER_HOST": "tcp://localhost:2375"}, "127.0.0.1", "127.0.0.1"),
        ({"DOCKER_HOST": "tcp://build-7:2376"}, "build-7", "0.0.0.0"),
        ({"DOCKER_HOST": "ssh://me@build-7"}, "build-7", "0.0.0.0"),
        ({"TESTCONTAINERS_HOST_OVERRIDE": "172.17.0.1"}, "172.17.0.1", "0.0.0.0"),
    ],
)
def test_ports_are_published_on_loopback_unless_the_engine_is_elsewhere(
    environ: dict[str, str], host: str, published_on: str
) -> None:
    assert reach(environ) == (host, published_on)
