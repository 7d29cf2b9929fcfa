"""What waits for a service ends when the service has ended, and says who is silent."""

import signal
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from processes import Service, silent_service

from harness.drivers.cloud import CloudControl
from harness.drivers.confluence.session import Account, ConfluenceClient, connect
from harness.drivers.liveness import when_ended
from harness.errors import DriverError, ServiceDied


@pytest.fixture
def service() -> Iterator[Service]:
    with silent_service() as made:
        yield made


def killed_soon(service: Service) -> threading.Timer:
    """Kills the service a moment from now."""
    timer = threading.Timer(0.3, service.process.kill)
    timer.start()
    return timer


def test_an_answer_that_is_waited_for_ends_with_the_service(service: Service) -> None:
    begun = time.monotonic()
    with ConfluenceClient(service.url, None, service=service) as client:
        timer = killed_soon(service)
        with pytest.raises(ServiceDied) as raised:
            client.get("/rest/plugins/1.0/")
        timer.join()
    assert time.monotonic() - begun < 3
    assert raised.value.service == "confluence"
    assert "GET /rest/plugins/1.0/" in raised.value.step
    assert "the last 400 lines" in str(raised.value)


def test_a_log_in_ends_with_the_service(service: Service) -> None:
    timer = killed_soon(service)
    with pytest.raises(ServiceDied):
        connect(service.url, Account("admin", "admin"), service=service)
    timer.join()


def test_the_control_of_a_dead_cloud_says_that_it_died(service: Service) -> None:
    control = CloudControl(service.url, service)
    timer = killed_soon(service)
    with pytest.raises(ServiceDied):
        control.journal()
    timer.join()
    control.close()


def test_a_stopped_service_is_said_to_have_stopped_answering(service: Service) -> None:
    service.process.send_signal(signal.SIGSTOP)
    with (
        ConfluenceClient(service.url, None, service=service, timeout=0.3) as client,
        pytest.raises(httpx.ReadTimeout, match=r"confluence stopped answering.*GET /status"),
    ):
        client.get("/status")


def test_a_broken_connection_of_a_living_service_stays_what_it_is(service: Service) -> None:
    closed = f"http://127.0.0.1:{service.port}".replace("127.0.0.1", "127.0.0.2")
    with (
        ConfluenceClient(closed, None, service=service) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("/status")


def test_where_no_service_is_known_errors_stay_what_they_are(service: Service) -> None:
    control = CloudControl(service.url)
    timer = killed_soon(service)
    with pytest.raises(DriverError, match="no answer"):
        control.journal()
    timer.join()
    control.close()


def test_the_end_of_a_service_is_told_once_and_soon(service: Service) -> None:
    told: list[str] = []
    came = threading.Event()

    def tell(each: object) -> None:
        told.append(getattr(each, "name", ""))
        came.set()

    with when_ended([service], tell, every=0.01):
        service.process.kill()
        assert came.wait(3)
    assert told == ["confluence"]


def test_nothing_is_told_while_all_live_or_once_the_block_is_over(service: Service) -> None:
    told: list[object] = []
    with when_ended([service], told.append, every=0.001):
        pass
    service.process.kill()
    service.process.wait()
    assert told == []
