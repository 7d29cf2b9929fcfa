"""Keeps secrets in the data folder, apart from the journal, readable by the owner only.

The file has a checksum: a secret that was damaged would otherwise show up much later, as an app
whose every call is refused.
"""

import hashlib
import hmac
import json
import secrets
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.cloud import atomic_files
from harness.errors import BadInput
from harness.redaction import remember


class Vault:
    """The shared secrets of installs, the key that signs installs, and the key of our own tokens.

    Args:
        path: the file that keeps them.
        new: whether the data folder is new, so that the file has to be created if it is missing.
        sync: whether to force the file to the disk when it changes.

    Raises:
        BadInput: the file is damaged, or it is missing though the data folder is not new.
        OSError: it cannot be read or written.
    """

    def __init__(self, path: Path, new: bool = True, sync: bool = False) -> None:
        self._path, self._sync = path, sync
        self._kept: dict[str, Any] = {"shared": {}, "own": secrets.token_hex(32)}
        if path.exists():
            self._kept = _read(path)
        elif new:
            self._save()
        else:
            raise _unusable(path, "it is missing, though the journal beside it has entries")
        remember(self._kept["own"], *self._kept["shared"].values())
        if new and self._kept["shared"]:
            raise _unusable(path, "it has secrets of apps, but the journal beside it is empty")

    def shared_secret(self, app_key: str) -> str | None:
        """The shared secret of an installed app; None if it is not installed."""
        return self._kept["shared"].get(app_key)  # type: ignore[no-any-return]  # our own file

    def keep_shared_secret(self, app_key: str, secret: str) -> None:
        """Keeps the shared secret of an app that accepted its install callback."""
        remember(secret)
        self._kept["shared"][app_key] = secret
        self._save()

    def forget_shared_secret(self, app_key: str) -> None:
        """Forgets the shared secret of an app that was uninstalled.

        If the disk is full it stays in the file until the next change, which does no harm.
        """
        if self._kept["shared"].pop(app_key, None):
            with suppress(OSError):
                self._save()

    @property
    def key_id(self) -> str:
        """The id of the key that signs installs."""
        self._make_signing_key()
        return str(self._kept["key_id"])

    @property
    def private_key(self) -> str:
        """PEM of the RSA key that signs installs."""
        self._make_signing_key()
        return str(self._kept["private_key"])

    @property
    def public_key(self) -> str:
        """PEM of the public key that the install-keys host serves."""
        self._make_signing_key()
        return str(self._kept["public_key"])

    @property
    def host_key(self) -> str:
        """The public key on one line, as an install and the consumer's information have it."""
        return "".join(self.public_key.splitlines()[1:-1])

    def serves_key(self, key_id: str) -> bool:
        """Whether this is the id of the key that signs installs."""
        return key_id == self._kept.get("key_id")

    def mac(self, *parts: str) -> str:
        """An authentication code over texts that only this cloud can make, for tokens and links."""
        text = "\0".join(parts).encode()
        return hmac.new(self._kept["own"].encode(), text, hashlib.sha256).hexdigest()

    def is_mac(self, given: str, *parts: str) -> bool:
        """Whether an authentication code was made here over these texts."""
        return hmac.compare_digest(given.encode(), self.mac(*parts).encode())

    def unusable(self, why: str) -> BadInput:
        """The refusal of the file, with the reason."""
        return _unusable(self._path, why)

    def _make_signing_key(self) -> None:
        # Made when first needed: it takes longer than the rest of the start-up.
        if "private_key" in self._kept:
            return
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._kept |= {
            "key_id": str(uuid.uuid4()),
            "private_key": key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ).decode(),
            "public_key": key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode(),
        }
        self._save()

    def _save(self) -> None:
        whole = self._kept | {"sum": _sum(self._kept)}
        atomic_files.replace(self._path, json.dumps(whole).encode(), self._sync)


def _read(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_bytes())
    except ValueError as error:
        raise _unusable(path, f"it is not JSON ({error})") from error
    if not isinstance(kept, dict) or kept.pop("sum", None) != _sum(kept):
        raise _unusable(path, "its checksum is wrong")
    return kept


def _sum(kept: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _unusable(path: Path, why: str) -> BadInput:
    return BadInput(
        f"the cloud's secrets cannot be used: {why}. Restore the file, or start the cloud on an "
        "empty data folder",
        path=path,
    )
