"""The private CA of one run, and what each kind of client needs to trust it."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)

TRUST_STORE_PASSWORD = "changeit"  # noqa: S105 - the JVM's own default; guards no secret


@dataclass(frozen=True)
class Leaf:
    """A server's certificate chain and private key, both PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """A CA that lives as long as a run; its key goes into a recording proxy's files, or nowhere.

    Args:
        ca: one that lives longer; a new one when left out.
    """

    def __init__(self, ca: trustme.CA | None = None) -> None:
        self._ca = ca or trustme.CA(organization_name="Migration harness, one run")

    @property
    def pem(self) -> bytes:
        """The CA's certificate, for Python, Node and curl."""
        return self._ca.cert_pem.bytes()

    def with_key(self) -> bytes:
        """The CA's certificate and key, for a proxy that signs in the name of each host."""
        return self._ca.private_key_pem.bytes() + self.pem

    def java_trust_store(self) -> bytes:
        """A PKCS12 trust store with this CA alone; its password is the JVM's default."""
        certificate = x509.load_pem_x509_certificate(self.pem)
        return serialize_java_truststore(
            [PKCS12Certificate(certificate, b"migration-harness")],
            BestAvailableEncryption(TRUST_STORE_PASSWORD.encode()),
        )

    def issue(self, names: Sequence[str]) -> Leaf:
        """A server certificate for host names and IP addresses."""
        leaf = self._ca.issue_cert(*names)
        chain = b"".join(part.bytes() for part in leaf.cert_chain_pems)
        return Leaf(chain, leaf.private_key_pem.bytes())


CERTIFICATE = "ca.pem"
_WITH_KEY = "ca-with-key.pem"


def kept_authority(folder: Path) -> Authority:
    """The CA of a folder, made there the first time.

    For an app that a person starts: it reads whom it trusts when it begins, which is before there
    is a stack.

    Args:
        folder: gets the certificate, and a file with the key for its owner alone.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / _WITH_KEY
    if not kept.exists():
        _keep(Authority(), kept)
    both = kept.read_bytes()
    authority = Authority(trustme.CA.from_pem(both, both))
    public = folder / CERTIFICATE
    if not public.exists() or public.read_bytes() != authority.pem:
        public.write_bytes(authority.pem)
    return authority


def _keep(authority: Authority, path: Path) -> None:
    """Writes a CA with its key; of two runs that do so at once, the first one's stays."""
    file, beside = tempfile.mkstemp(dir=path.parent)  # for its owner alone
    with os.fdopen(file, "wb") as out:
        out.write(authority.with_key())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        Path(beside).unlink()
