"""The file of secrets: whole, or refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.vault import Vault
from harness.errors import BadInput


def test_a_vault_is_read_as_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    first = Vault(path)
    first.keep_shared_secret("charts", "s3cret")
    again = Vault(path, new=False)
    assert again.shared_secret("charts") == "s3cret"
    assert again.is_mac(first.mac("link", "a"), "link", "a")
    assert path.stat().st_mode & 0o777 == 0o600


def _other_secret(kept: dict[str, Any]) -> bytes:
    kept["shared"]["charts"] = "another"
    return json.dumps(kept).encode()


def _without(name: str) -> Any:
    return lambda kept: json.dumps({key: kept[key] for key in kept if key != name}).encode()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: bytes(100), id="zeros"),
        pytest.param(lambda _: b"null", id="null"),
        pytest.param(lambda _: b"[]", id="a list"),
        pytest.param(lambda _: b"{}", id="no field"),
        pytest.param(lambda _: b"\xff", id="not UTF-8"),
        pytest.param(lambda kept: json.dumps(kept).encode()[:-20], id="cut off"),
        pytest.param(_other_secret, id="another secret"),
        pytest.param(_without("own"), id="no own key"),
        pytest.param(_without("shared"), id="no shared secrets"),
        pytest.param(_without("sum"), id="no checksum"),
    ],
)
def test_a_damaged_vault_is_refused_in_one_line(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "vault.json"
    Vault(path).keep_shared_secret("charts", "s3cret")
    damaged = damage(json.loads(path.read_bytes()))
    path.write_bytes(damaged)
    with pytest.raises(BadInput) as refused:
        Vault(path, new=False)
    assert refused.value.path == path
    assert "\n" not in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert path.read_bytes() == damaged


def test_a_vault_that_is_missing_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="it is missing"):
        Vault(tmp_path / "vault.json", new=False)
    assert list(tmp_path.iterdir()) == []


def test_secrets_of_apps_without_a_journal_are_refused(tmp_path: Path) -> None:
    Vault(tmp_path / "vault.json").keep_shared_secret("charts", "s3cret")
    with pytest.raises(BadInput, match="the journal beside it is empty"):
        Vault(tmp_path / "vault.json", new=True)
