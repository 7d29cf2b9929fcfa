"""Keeps secrets in the data folder, apart from the journal, readable by the owner only."""

import hashlib
import hmac
import json
import os
import secrets
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Vault:
    """The shared secrets of installs, the key that signs installs, and the key of our own tokens.

    Args:
        path: the file that keeps them; created if missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, Any] = {"shared": {}, "own": secrets.token_hex(32)}
        if path.exists():
            self._kept = json.loads(path.read_text())
        else:
            self._save()

    def shared_secret(self, app_key: str) -> str | None:
        """The shared secret of an installed app; None if it is not installed."""
        return self._kept["shared"].get(app_key)  # type: ignore[no-any-return]  # our own file

    def keep_shared_secret(self, app_key: str, secret: str) -> None:
        """Keeps the shared secret of an app that accepted its install callback."""
        self._kept["shared"][app_key] = secret
        self._save()

    def forget_shared_secret(self, app_key: str) -> None:
        """Forgets the shared secret of an app that was uninstalled."""
        if self._kept["shared"].pop(app_key, None):
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

    def _make_signing_key(self) -> None:
        # Made when first needed: it takes longer than the rest of the start-up.
        if "private_key" in self._kept:
            return
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
        temporary = self._path.with_suffix(".new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(self._kept, file)
        temporary.replace(self._path)
