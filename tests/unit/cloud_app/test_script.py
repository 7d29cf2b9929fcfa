import pytest
from pydantic import ValidationError

from harness.cloud_app.app import read_behaviour
from harness.vocabulary.behaviours import BEHAVIOURS

SEED = [
    {"await": "listener-triggered"},
    {"post": {"status": "IN_PROGRESS", "percent": 0, "message": "Migrating charts"}},
    {"await": "app-data-uploaded"},
    {"fetch": "data"},
    {"post": {"status": "SUCCESS", "percent": 100, "message": "Finished migrating charts"}},
]


def test_the_seed_is_the_contracts_script() -> None:
    assert read_behaviour(SEED) == BEHAVIOURS["seed"]
    assert read_behaviour({"behaviour": "seed"}) == BEHAVIOURS["seed"]


@pytest.mark.parametrize("name", sorted(BEHAVIOURS))
def test_every_behaviour_can_be_sent_as_json(name: str) -> None:
    sent = BEHAVIOURS[name].model_dump(mode="json", by_alias=True)
    assert read_behaviour(sent) == BEHAVIOURS[name]


@pytest.mark.parametrize(
    "wrong", [[{"wait": "x"}], [{"post": 1}], {"steps": 1}, {}, [{"fetch": "all"}], "seed", None]
)
def test_what_is_no_script_is_refused(wrong: object) -> None:
    with pytest.raises((ValidationError, ValueError)):
        read_behaviour(wrong)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="no behaviour 'sed'; there are seed, never-settles"):
        read_behaviour({"behaviour": "sed"})
