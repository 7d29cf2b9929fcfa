"""Forged and stale tokens against the cloud: none may be accepted, and none may break anything.

Usage: python -m benchmarks.forged [--tokens N] [--seed S]

Each token is made from a right one by a way of forging that the seed picks, and sent with a report
that would settle a transfer. What came is counted in the cloud's own journal.
"""

import argparse
import base64
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import atlassian_jwt
import jwt

# Run as a script, Python finds neither this package nor the tests' helpers.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from cloud_processes import CloudDriver, ConnectApp, running

from benchmarks.load import request, run

CONNECTIONS = 32
SETTLES = b'{"status": "SUCCESS", "percent": 100}'
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
DAY = 86_400


@dataclass(frozen=True)
class Known:
    """What whoever forges may know: the app's key, a right token, other secrets, public keys.

    Attributes:
        secret: the app's own. Stale tokens and those of other requests are made with it.
        other: that of another app on the site, which reports to a transfer that is not its own.
        public_key: PEM of the key that signs installs.
        bearers: tokens of the site that are no Connect tokens.
    """

    key: str
    secret: str
    other: tuple[str, str]
    client_key: str
    public_key: str
    bearers: tuple[str, ...]
    qsh: str


Way = Callable[[random.Random, Known], str]
"""Makes a value of the Authorization header."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return _attack(Path(name), given.tokens, given.seed)


def _attack(folder: Path, tokens: int, seed: int) -> int:
    words = ("--port", "0", "--data", str(folder / "data"), "--public-url", "http://127.0.0.1:0")
    with (
        running("harness.cloud", folder, *words) as process,
        closing(CloudDriver(process.url("http"))) as cloud,
        closing(ConnectApp()) as app,
        closing(ConnectApp("another-app")) as other,
    ):
        for each in (app, other):
            cloud.install(each.url)
        transfer = cloud.transfer(cloud.migration())
        cloud.trigger(transfer)
        below = f"/rest/atlassian-connect/1/migration/progress/{transfer}"
        known = _known(cloud, app, other, below)
        path = f"/wiki{below}"
        right = {
            "authorization": f"JWT {atlassian_jwt.encode_token('POST', below, app.key, app.secret)}"
        }
        body = b'{"status": "IN_PROGRESS", "percent": 1}'
        assert run(cloud.url, lambda _: iter([request("POST", path, right, body)]), 1).wrong == 0

        def forged(number: int) -> Iterator[bytes]:
            chance = random.Random(f"{seed}/{number}")  # noqa: S311 - it guards nothing
            for _ in range(tokens // CONNECTIONS):
                made = chance.choice(WAYS)(chance, known)
                yield request("POST", path, {"authorization": made}, SETTLES)

        begin = len((folder / "data" / "journal.jsonl").read_bytes().splitlines())
        load = run(cloud.url, forged, CONNECTIONS)
        lines = (folder / "data" / "journal.jsonl").read_bytes().splitlines()[begin:]
        entries = [json.loads(line) for line in lines]
        (row,) = cloud.control("GET", "transfers")["transfers"]
    return _told(load.requests, load.requests - load.wrong, load.seconds, entries, row["status"])


def _told(sent: int, accepted: int, seconds: float, entries: list[dict], status: str) -> int:  # type: ignore[type-arg]
    statuses = Counter(entry["status"] for entry in entries if entry["direction"] == "in")
    broken = sum(count for code, count in statuses.items() if code is None or code >= 500)
    print(f"{sent} tokens of {len(WAYS)} kinds in {seconds:.0f} s")
    print(f"accepted {accepted}, answered 5xx or not at all {broken}; the transfer is {status}")
    for code, count in sorted(statuses.items(), key=str):
        print(f"  {code}: {count}")
    for effect, count in Counter(entry["effect"] for entry in entries).most_common():
        print(f"  {effect}: {count}")
    return 1 if accepted or broken or status != "IN_PROGRESS" else 0


def _known(cloud: CloudDriver, app: ConnectApp, other: ConnectApp, below: str) -> Known:
    (installed,) = [body for path, body in app.received if path == "/installed"]
    forge = cloud.control("POST", "forge-apps", {"key": "a-forge-app", "eventsUrl": app.url})
    return Known(
        app.key,
        app.secret,
        (other.key, other.secret),
        app.client_key,
        f"-----BEGIN PUBLIC KEY-----\n{installed['publicKey']}\n-----END PUBLIC KEY-----\n",
        (cloud.token, str(forge["token"])),
        str(atlassian_jwt.url_utils.hash_url("POST", below)),
    )


def _claims(known: Known, **changed: object) -> dict[str, object]:
    now = int(time.time())
    claims = {"iss": known.key, "iat": now, "exp": now + 180, "qsh": known.qsh} | changed
    return {name: value for name, value in claims.items() if value is not ...}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed(known: Known, secret: str, header: dict[str, object], **changed: object) -> str:
    """A token with any header, signed by HMAC-SHA-256."""
    head, claims = (_b64(json.dumps(each).encode()) for each in (header, _claims(known, **changed)))
    text = f"{head}.{claims}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"JWT {text}.{_b64(algorithm.sign(text.encode(), secret.encode()))}"


def _right(known: Known, **changed: object) -> str:
    return _signed(known, known.secret, {"typ": "JWT", "alg": "HS256"}, **changed)


def _with_claim(*values: tuple[str, object]) -> Way:
    """Rightly signed, with a claim that makes it stale or another request's."""
    return lambda chance, known: _right(known, **dict([chance.choice(values)]))


def _times(chance: random.Random, known: Known) -> str:
    now = int(time.time())
    return chance.choice(
        (
            lambda: _right(known, exp=now - chance.randrange(31, 400 * DAY)),
            lambda: _right(known, iat=now + chance.randrange(120, DAY)),
            lambda: _right(known, nbf=now + chance.randrange(120, DAY)),
            lambda: _right(known, exp=-(10 ** chance.randrange(400))),
        )
    )()


def _qsh(chance: random.Random, known: Known) -> str:
    other = atlassian_jwt.url_utils.hash_url("GET", f"/rest/{chance.random()}")
    return _right(
        known, qsh=chance.choice((other, known.qsh.upper(), "context-qsh", known.qsh[:-1]))
    )


def _other_secret(chance: random.Random, known: Known) -> str:
    secrets = (str(chance.random()) * 3, known.secret[:-1], known.secret + " ", known.key, "")
    secret = chance.choice((*secrets, known.client_key, known.public_key))
    return _signed(known, secret, {"typ": "JWT", "alg": "HS256"})


def _other_app(chance: random.Random, known: Known) -> str:
    """Another app's own token, or one in its name with the wrong secret."""
    key, secret = known.other
    if chance.random() < 0.5:
        return _signed(known, secret, {"alg": "HS256"}, iss=key)
    return _signed(known, known.secret, {"alg": "HS256"}, iss=key)


def _header(chance: random.Random, known: Known) -> str:
    """Rightly signed under a header that names something else."""
    algorithms = (
        "none",
        "None",
        "HS384",
        "HS512",
        "RS256",
        "ES256",
        "hs256",
        "HS256 ",
        "",
        None,
        7,
    )
    header: dict[str, object] = {"alg": chance.choice((*algorithms, ["HS256"], {"a": "HS256"}))}
    return _signed(known, chance.choice((known.secret, known.public_key)), header)


def _unsigned(chance: random.Random, known: Known) -> str:
    token = jwt.encode(_claims(known), None, algorithm="none")
    return f"JWT {token}{chance.choice(('', 'AAAA', '.', '.x'))}"


def _spelled(chance: random.Random, known: Known) -> str:
    """The right signature in another spelling."""
    head, _, signature = _right(known).rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=")
    last = ALPHABET.index(signature[-1])
    at = chance.randrange(len(signature))
    others = [
        f"{signature}=",
        f"{signature[:-1]}{ALPHABET[last ^ chance.choice((1, 2, 3))]}",
        f"{signature[:at]}{chance.choice(' *.~')}{signature[at:]}",
        f"{signature}{chance.choice(ALPHABET)}",
        signature[:at],
        signature.swapcase(),
        base64.b64encode(raw).decode(),
    ]
    return f"{head}.{chance.choice(others)}"


def _changed(chance: random.Random, known: Known) -> str:
    """One character of a right token is another."""
    token = _right(known)
    at = chance.randrange(4, len(token))
    other = chance.choice([each for each in ALPHABET if each != token[at]])
    return f"{token[:at]}{other}{token[at + 1 :]}"


def _claims_changed(chance: random.Random, known: Known) -> str:
    """A right token's signature under other claims."""
    head, _, signature = _right(known).removeprefix("JWT ").split(".")
    claims = _claims(known, exp=int(time.time()) + chance.randrange(200, DAY))
    return f"JWT {head}.{_b64(json.dumps(claims).encode())}.{signature}"


def _junk(chance: random.Random, _known: Known) -> str:
    characters = "abc.=-_ {}\"':%\\" + ALPHABET
    return "JWT " + "".join(chance.choice(characters) for _ in range(chance.randrange(1, 400)))


def _nested(chance: random.Random, known: Known) -> str:
    depth = chance.randrange(2, 3000)
    text = _b64(b"[" * depth + b"]" * depth)
    return f"JWT {text}.{text}.{_b64(known.qsh.encode())}"


def _bearer(chance: random.Random, known: Known) -> str:
    return f"{chance.choice(('JWT', 'Bearer'))} {chance.choice(known.bearers)}"


def _no_scheme(chance: random.Random, known: Known) -> str:
    token = _right(known).removeprefix("JWT ")
    return chance.choice((token, f"Basic {token}", "JWT", f"Digest {token}", ""))


WAYS: tuple[Way, ...] = (
    *(_other_secret, _other_app, _header, _unsigned, _spelled, _changed, _claims_changed),
    *(_times, _qsh, _junk, _nested, _bearer, _no_scheme),
    _with_claim(*((name, ...) for name in ("iss", "exp", "qsh"))),
    _with_claim(("iss", None), ("iss", 7), ("iss", ["a"]), ("iss", {"a": 1}), ("iss", "nobody")),
    _with_claim(*(("exp", each) for each in ("9999999999", None, True, [], {}, float("nan")))),
    _with_claim(*(("iat", each) for each in ("1", [], {}, float("inf"), 10**40))),
    _with_claim(*(("nbf", each) for each in ("1", [], {}, float("inf"), 10**40))),
    _with_claim(*(("qsh", each) for each in (None, 1, [], {}, ""))),
)


if __name__ == "__main__":
    sys.exit(main())
