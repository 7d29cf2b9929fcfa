"""A container whose ports the engine chooses, where what it chose is taken. Pure."""

from typing import cast

import pytest
from docker.errors import APIError
from docker.models.containers import Container

from harness.engines.docker import start

TAKEN = "Bind for 0.0.0.0:32768 failed: port is already allocated"


class Starting:
    """A container that fails to start some times."""

    def __init__(self, *failures: str) -> None:
        self.failures, self.starts = list(failures), 0

    def start(self) -> None:
        self.starts += 1
        if self.failures:
            raise APIError("500 Server Error", explanation=self.failures.pop(0))


def test_the_engine_chooses_again_where_its_choice_is_taken() -> None:
    container = Starting(TAKEN, TAKEN)
    start(cast("Container", container), may_choose_again=True)
    assert container.starts == 3


@pytest.mark.parametrize(
    ("failures", "may_choose_again", "starts"),
    [
        ([TAKEN], False, 1),  # the user chose it
        (["no such image"], True, 1),
        ([TAKEN] * 9, True, 5),
    ],
)
def test_what_another_choice_does_not_help_is_raised(failures, may_choose_again, starts) -> None:
    container = Starting(*failures)
    with pytest.raises(APIError):
        start(cast("Container", container), may_choose_again=may_choose_again)
    assert container.starts == starts
