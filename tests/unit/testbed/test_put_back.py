"""What a run changed is put back, what others changed is left, and it may be done again."""

from collections.abc import Callable
from typing import Any

import pytest
from fake_server import FakeServer
from hypothesis import given
from hypothesis import strategies as st

from harness.drivers.confluence.session import Account
from harness.errors import DriverError
from harness.store.undo import AppChanged, AppState, Changes, FeatureSet, PlanMade
from harness.testbed.put_back import PuttingBack

ADDRESS = "https://wiki.example.com"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    made = FakeServer()
    made.patch(monkeypatch)
    return made


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def put_back(said: list[str]) -> Callable[[Changes], None]:
    unused: Any = None

    def run(changes: Changes) -> None:
        hand = PuttingBack(
            unused, ADDRESS, Account("admin", "x"), lambda: unused, None, said.append
        )
        hand.everything(changes)

    return run


def changes(*every: Any) -> Changes:
    made = Changes()
    for each in every:
        made.take(each)
    return made


def feature(key: str, before: bool, now: bool) -> FeatureSet:
    return FeatureSet(key=key, before=before, now=now)


def test_features_are_as_they_were(server, put_back, said):
    server.features = {"now.on", "others"}
    left = changes(feature("now.on", False, True), feature("now.off", True, False))
    put_back(left)
    assert server.features == {"now.off", "others"}
    assert said == ["  put back  now.on: off", "  put back  now.off: on"]
    server.does.clear()
    put_back(left)
    assert server.does == []


def test_a_feature_that_somebody_else_flipped_is_theirs(server, put_back, said):
    # The run set it on and off again; on is somebody else's.
    server.features = {"flag"}
    put_back(changes(feature("flag", False, True), feature("flag", True, False)))
    assert server.features == {"flag"}
    assert said == ["  left      flag: somebody else switched it on"]


@pytest.mark.parametrize("was_on", [True, False])
@given(data=st.data())
def test_whatever_happened_each_feature_ends_as_before_or_as_another_wants(
    was_on: bool, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patcher:
        server = FakeServer({"f"} if was_on else set())
        server.patch(patcher)
        record, is_on, is_theirs, last = Changes(), was_on, False, None
        for who, to in data.draw(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=6)):
            if who:  # the run, which writes only real changes down
                if is_on != to:
                    record.take(feature("f", is_on, to))
                    is_theirs, last = False, to
            elif is_on != to:
                is_theirs = to != last
            is_on = to
        server.features = {"f"} if is_on else set()
        unused: Any = None
        hand = PuttingBack(unused, ADDRESS, Account("a", "b"), lambda: unused, None, lambda _: None)
        hand.everything(record)
        first = record.features.get("f")
        expected = is_on if first is None or is_theirs else first[0]
        assert ("f" in server.features) == expected


@pytest.mark.parametrize(
    ("before", "after_the_run", "does"),
    [
        (None, ("2.0", True), ["uninstall app"]),
        (None, None, []),
        (("2.0", True), ("2.0", True), []),
        (("2.0", False), ("2.0", True), ["disable app"]),
        (("1.0", True), ("2.0", True), ["install app 1.0"]),
        (("1.0", False), ("2.0", True), ["install app 1.0", "disable app"]),
        (("1.0", True), None, ["install app 1.0"]),
    ],
)
def test_an_app_is_as_it_was(server, put_back, before, after_the_run, does):
    server.jars["old.jar"] = ("app", "1.0")
    if after_the_run:
        server.apps["app"] = after_the_run
    state = AppState(version=before[0], enabled=before[1]) if before else None
    left = changes(AppChanged(key="app", before=state, now="2.0", jar="old.jar"))
    put_back(left)
    assert server.does == does
    assert server.apps.get("app") == before
    put_back(left)
    assert server.does == does


def test_a_version_that_somebody_else_put_there_is_theirs(server, put_back, said):
    server.apps["app"] = ("3.0", True)
    put_back(changes(AppChanged(key="app", before=None, now="2.0")))
    assert server.apps == {"app": ("3.0", True)}
    assert said == ["  left      app: somebody else put version 3.0 there"]


def test_own_plans_go_and_no_other(server, put_back):
    server.plans = {"mine": "FINISHED", "yours": "FINISHED"}
    put_back(changes(PlanMade(name="mine"), PlanMade(name="never made")))
    assert list(server.plans) == ["yours"]


def test_one_thing_that_fails_keeps_nothing_else(server, put_back):
    server.features = {"flag"}
    server.plans = {"mine": "RUNNING"}
    server.broken = {"uninstall"}
    server.apps["app"] = ("2.0", True)
    left = changes(
        feature("flag", False, True),
        AppChanged(key="app", before=None, now="2.0"),
        PlanMade(name="mine"),
    )
    told = r"the app app: uninstall app: HTTP 500; the plan mine: .*`harness restore` tries again"
    with pytest.raises(DriverError, match=told):
        put_back(left)
    assert server.features == set()
    server.broken, server.plans = set(), {"mine": "FINISHED"}
    put_back(left)
    assert server.state == (frozenset(), {}, {})
