from harness.cloud.changes import KINDS, AppInstalled, MigrationCreated, TransferCreated, from_json
from harness.cloud.state import State

_MIGRATION = ("plan_id", "name", "server_id", "scope_id", "cloud_url", "client_key")
_TRANSFER = ("container_id", "server_key", "cloud_key", "scopes", "original_id")


def test_changes_survive_the_journal() -> None:
    state = State()
    for change in (
        AppInstalled({"key": "a", "client_key": "k", "base_url": "http://x", "endpoints": ["u"]}),
        MigrationCreated(dict.fromkeys(_MIGRATION, "x") | {"id": "m", "created_at": 1}),
        TransferCreated(
            dict.fromkeys(_TRANSFER, "x")
            | {"id": "t", "migration_id": "m", "linked": True, "created_at": 1, "updated_at": 1}
        ),
    ):
        again = from_json(change.to_json())
        assert again == change
        before = state.generation
        again.apply(state)
        assert state.generation > before
    assert state.apps["a"].endpoints == ("u",)
    assert state.migrations["m"].transfers == ["t"]
    assert all(kind == cls.kind for kind, cls in KINDS.items())
