"""Made-up secrets in the forms that logs, bodies and pages have them in, and lines without any.

Everything is made from a seed when it is needed: no text that looks like a secret stands here.
"""

import base64
import html
import json
import random
import re
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

HEX = string.hexdigits[:16]
LETTERS_AND_DIGITS = string.ascii_letters + string.digits
BASE64 = LETTERS_AND_DIGITS + "+/"
URL_SAFE = LETTERS_AND_DIGITS + "-_"
PASSWORDS = LETTERS_AND_DIGITS + "!#%*+-.:@^_~"


@dataclass(frozen=True)
class Planted:
    """A text with a secret in it.

    Args:
        form: what kind of text it is.
        text: the text.
        secret: what must not be found in it afterwards.
    """

    form: str
    text: str
    secret: str


NAMES = (
    *("password", "passwd", "pwd", "PASSWORD", "dbPassword", "db.password", "user_password"),
    *("passphrase", "secret", "client_secret", "clientSecret", "sharedSecret", "SHARED_SECRET"),
    *("token", "access_token", "refreshToken", "id-token", "authToken", "upm-token", "atl_token"),
    *("api_key", "apiKey", "api-key", "X-API-KEY", "apikey", "secretKey", "secret-access-key"),
    *("session", "sessionId", "JSESSIONID", "session_id", "credentials", "credential"),
    *("rawLicense", "licenseKey", "license_key", "licence-key", "privateKey", "signing_key"),
    *("encryption_key", "signature", "authorization", "jwt", "cookie"),
)
"""Names that a value beside them is secret by."""

SHAPES: dict[str, str] = {
    "properties": "{name}={value}",
    "blanks around =": "{name} = {value}",
    "yaml": "{name}: {value}",
    "json": '{{"a": 1, "{name}": "{value}", "b": 2}}',
    "json, compact": '{{"{name}":"{value}","b":2}}',
    "json in json": '{{"body": "{{\\"{name}\\":\\"{value}\\"}}"}}',
    "arrow": "{name} => {value}",
    "ruby": "{{:{name}=>'{value}'}}",
    "python": "{{'{name}': '{value}'}}",
    "java": "Settings{{id=7, {name}={value}, port=80}}",
    "java, quoted": "Settings(id=7, {name}='{value}', port=80)",
    "query": "GET /rest/1/a?x=1&{name}={value}&y=2 HTTP/1.1",
    "form": "x=1&{name}={value}&y=2",
    "encoded form": "next=%2Fa%3Fx%3D1%26{name}%3D{value}%26y%3D2",
    "option": "java -jar a.jar --{name} {value} --port 80",
    "option with =": "java -jar a.jar --{name}={value} --port 80",
    "system property": "java -D{name}={value} -jar a.jar",
    "element": "<{name}>{value}</{name}>",
    "attribute": '<account {name}="{value}" port="80"/>',
    "property element": '<property name="{name}" value="{value}"/>',
    "input": '<input type="hidden" name="{name}" value="{value}">',
    "escaped element": "&lt;{name}&gt;{value}&lt;/{name}&gt;",
    "escaped attribute": "a {name}=&quot;{value}&quot; b",
    "header": "{name}: {value}\nAccept: */*",
    "environment": "export {name}='{value}'",
    "log line": "2026-11-25 10:15:00,123 WARN [http-8090] [c.a.Login] failed for {name}={value}",
    "har": '{{"name": "{name}", "value": "{value}"}}',
    "assignment": 'String {name} = "{value}";',
    "call": 'config.set("{name}", "{value}")',
    "sentence": "the {name} is {value}",
    "quoted sentence": "the {name} is '{value}', as it was",
}
"""Ways in which a name and its value stand together."""


def _some(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choices(alphabet, k=count))


def _value(rng: random.Random, shape: str) -> str:
    """A value as a person or a program makes one, fit to stand in that shape."""
    kind = rng.randrange(4)
    if kind == 0:
        return _some(rng, HEX, rng.choice((32, 40, 64)))
    if kind == 1:
        return _some(rng, LETTERS_AND_DIGITS, rng.randint(12, 40))
    words = ("winter", "Tiger", "blue", "Monday", "hunter", "river", "Pass", "maple")
    if kind == 2:
        return f"{rng.choice(words)}{rng.choice(words)}{rng.randint(10, 9999)}"
    plain = _some(rng, PASSWORDS if shape in _ANY_CHARACTER else URL_SAFE, rng.randint(10, 24))
    return f"{rng.choice(LETTERS_AND_DIGITS)}{plain}{rng.choice(LETTERS_AND_DIGITS)}"


_ANY_CHARACTER = frozenset(
    {"json", "json, compact", "python", "element", "attribute", "input", "har", "assignment"}
    | {"property element", "environment", "call", "java, quoted"}
)


def _jwt(rng: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    body = {"iss": "app", "exp": rng.randrange(1 << 31)}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(body)}.{_some(rng, URL_SAFE, 43)}"


def _key_file(kind: str) -> Callable[[random.Random], str]:
    def made(rng: random.Random) -> str:
        lines = "\n".join(_some(rng, BASE64, 64) for _ in range(12))
        dashes = "-" * 5
        return f"{dashes}BEGIN {kind}{dashes}\n{lines}\n{dashes}END {kind}{dashes}"

    return made


def _token(prefix: str, alphabet: str, count: int, suffix: str = "") -> Callable[..., str]:
    return lambda rng: f"{prefix}{_some(rng, alphabet, count)}{suffix}"


def _slack(kind: str) -> Callable[[random.Random], str]:
    def made(rng: random.Random) -> str:
        numbers = "-".join(_some(rng, string.digits, 12) for _ in range(2))
        return f"xox{kind}-{numbers}-{_some(rng, LETTERS_AND_DIGITS, 24)}"

    return made


def _slack_hook(rng: random.Random) -> str:
    upper = string.ascii_uppercase + string.digits
    tail = f"T{_some(rng, upper, 8)}/B{_some(rng, upper, 8)}/{_some(rng, LETTERS_AND_DIGITS, 24)}"
    return f"https://hooks.slack.com/services/{tail}"


def _licence(rng: random.Random) -> str:
    return f"AAAB{_some(rng, BASE64, 300)}X02{_some(rng, LETTERS_AND_DIGITS, 3)}"


TOKENS: dict[str, Callable[[random.Random], str]] = {
    "AWS access key": _token("AKIA", string.ascii_uppercase + "234567", 16),
    "AWS temporary key": _token("ASIA", string.ascii_uppercase + "234567", 16),
    "GitHub personal token": _token("ghp_", LETTERS_AND_DIGITS, 36),
    "GitHub OAuth token": _token("gho_", LETTERS_AND_DIGITS, 36),
    "GitHub app token": _token("ghs_", LETTERS_AND_DIGITS, 36),
    "GitHub refresh token": _token("ghr_", LETTERS_AND_DIGITS, 36),
    "GitHub fine-grained token": _token("github_pat_", LETTERS_AND_DIGITS, 82),
    "GitLab token": _token("glpat-", URL_SAFE, 20),
    "Slack bot token": _slack("b"),
    "Slack user token": _slack("p"),
    "Slack webhook": _slack_hook,
    "Stripe key": _token("sk_live_", LETTERS_AND_DIGITS, 24),
    "Google API key": _token("AIza", URL_SAFE, 35),
    "SendGrid key": lambda rng: f"SG.{_some(rng, URL_SAFE, 22)}.{_some(rng, URL_SAFE, 43)}",
    "npm token": _token("npm_", LETTERS_AND_DIGITS, 36),
    "PyPI token": _token("pypi-AgEIcHlwaS5vcmc", URL_SAFE, 70),
    "Twilio key": _token("SK", HEX, 32),
    "Atlassian API token": lambda rng: (
        f"ATATT3{_some(rng, URL_SAFE, 180)}={_some(rng, HEX[:10] + 'ABCDEF', 8)}"
    ),
    "Bitbucket app password": _token("ATBB", LETTERS_AND_DIGITS, 32),
    "Hugging Face token": _token("hf_", string.ascii_letters, 34),
    "DigitalOcean token": _token("dop_v1_", HEX, 64),
    "Shopify token": _token("shpat_", HEX, 32),
    "Vault token": _token("hvs.", URL_SAFE, 95),
    "Grafana token": lambda rng: f"glsa_{_some(rng, LETTERS_AND_DIGITS, 32)}_{_some(rng, HEX, 8)}",
    "OpenAI key": lambda rng: (
        f"sk-{_some(rng, LETTERS_AND_DIGITS, 20)}T3BlbkFJ{_some(rng, LETTERS_AND_DIGITS, 20)}"
    ),
    "Anthropic key": _token("sk-ant-api03-", URL_SAFE, 93, "AA"),
    "Mailchimp key": _token("", HEX, 32, "-us12"),
    "Telegram token": lambda rng: f"{_some(rng, '123456789', 9)}:AA{_some(rng, URL_SAFE, 33)}",
    "Discord token": lambda rng: ".".join(
        ("M" + _some(rng, LETTERS_AND_DIGITS, 23), _some(rng, HEX, 6), _some(rng, URL_SAFE, 27))
    ),
    "Postman key": lambda rng: f"PMAK-{_some(rng, HEX, 24)}-{_some(rng, HEX, 34)}",
    "JSON web token": _jwt,
    "RSA key": _key_file("RSA PRIVATE KEY"),
    "EC key": _key_file("EC PRIVATE KEY"),
    "PKCS8 key": _key_file("PRIVATE KEY"),
    "OpenSSH key": _key_file("OPENSSH PRIVATE KEY"),
    "encrypted key": _key_file("ENCRYPTED PRIVATE KEY"),
    "licence": _licence,
}
"""What is secret by its own form, whatever stands beside it."""

AROUND: dict[str, str] = {
    "alone in a line": "using {value} now",
    "in JSON": '{{"text": "sent {value} to it"}}',
    "in a query": "GET /a?x=1&y={value}&z=2",
}

HEADERS: dict[str, str] = {
    "bearer": "Authorization: Bearer {value}",
    "basic": "Authorization: Basic {value}",
    "jwt header": "Authorization: JWT {value}",
    "proxy": "Proxy-Authorization: Basic {value}",
    "curl": "curl -H 'Authorization: Bearer {value}' http://localhost/",
    "curl user": "curl -u admin:{value} http://localhost/",
    "cookie": "Cookie: a=b; JSESSIONID={value}; theme=dark",
    "set-cookie": "Set-Cookie: seraph.confluence={value}; Path=/; HttpOnly",
    "user in a URL": "connecting to https://admin:{value}@example.com/wiki",
    "database URL": "jdbc:postgresql://db/confluence?user=a&password={value}&ssl=true",
    "database URL, user": "postgresql://confluence:{value}@db:5432/confluence",
    "SQL server": "jdbc:sqlserver://db;databaseName=c;user=a;password={value};encrypt=true",
    "AWS secret key": "aws_secret_access_key = {value}",
    "SAS": "https://acc.blob.core.windows.net/c/b?sv=2024-01-01&sig={value}&se=2026",
    "S3 URL": "https://b.s3.amazonaws.com/k?X-Amz-Expires=900&X-Amz-Signature={value}",
    "npmrc": "//registry.example.com/:_authToken={value}",
    "Docker login": "docker login -u ci -p {value} registry.example.com",
    "mysql": "mysql --user=root --password={value} confluence",
    "prompt": "Password for 'https://admin@example.com': {value}",
    "changed": "password changed from old to {value}",
    "with value": "login of admin with password {value} failed",
    "upper sentence": "Your password is: {value}",
    "pass": "user=admin pass={value}",
    "secret is": "The shared secret of the installation is {value}",
}


def forms(seed: int) -> Iterator[Planted]:
    """Every form once, with values from the seed."""
    rng = random.Random(seed)  # noqa: S311 - the same secrets each time
    for name in NAMES:
        for shape, template in SHAPES.items():
            value = _value(rng, shape)
            if shape == "encoded form":
                value = quote(value, safe="")
            yield Planted(f"{shape}: {name}", template.format(name=name, value=value), value)
    for name, made in TOKENS.items():
        for where, template in AROUND.items():
            value = made(rng)
            if "\n" in value and where == "in a query":
                continue
            shown = json.dumps(value)[1:-1] if where == "in JSON" else value
            secret = max(value.splitlines(), key=len)
            yield Planted(f"{name} {where}", template.format(value=shown), secret)
    for name, template in HEADERS.items():
        value = _some(rng, LETTERS_AND_DIGITS, 40)
        yield Planted(name, template.format(value=value), value)


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda value: value,
    "URL": lambda value: quote(value, safe=""),
    "URL, lower case": lambda value: (
        quote(value, safe="").lower() if value.islower() else quote(value, safe="")
    ),
    "URL twice": lambda value: quote(quote(value, safe=""), safe=""),
    "JSON": lambda value: json.dumps(value)[1:-1],
    "JSON in JSON": lambda value: json.dumps(json.dumps(value))[3:-3],
    "JSON of Gson": lambda value: (
        json.dumps(value)[1:-1]
        .replace("=", "\\u003d")
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("'", "\\u0027")
    ),
    "HTML": lambda value: html.escape(value, quote=True),
    "HTML of FreeMarker": lambda value: (
        html.escape(value, quote=False).replace('"', "&quot;").replace("'", "&#39;")
    ),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 after 1": lambda value: base64.b64encode(b"x" + value.encode() + b"y").decode(),
    "base64 after 2": lambda value: base64.b64encode(b"xx" + value.encode() + b"yz").decode(),
    "base64, URL-safe": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "Basic": lambda value: "Basic " + base64.b64encode(f"admin:{value}".encode()).decode(),
}
"""How a secret that is known may be written down."""


def harmless(seed: int, lines: int) -> Iterator[str]:
    """Lines as the server, the cloud and the harness write them, without a secret."""
    rng = random.Random(seed)  # noqa: S311 - the same lines each time
    templates = Path(__file__).with_name("secrets_harmless.txt").read_text().splitlines()
    for _ in range(lines):
        yield _PLACE.sub(lambda place: _filled(rng, place[1]), rng.choice(templates))


_PLACE = re.compile(r"<(uuid|hex\d+|n|stamp|word)>")


def _filled(rng: random.Random, kind: str) -> str:
    if kind == "uuid":
        return str(uuid.UUID(int=rng.getrandbits(128), version=4))
    if kind == "n":
        return str(rng.randint(1, 9999))
    if kind == "word":
        return _some(rng, LETTERS_AND_DIGITS, 12)
    if kind == "stamp":
        return f"2026-11-{rng.randint(10, 28)} 10:{rng.randint(10, 59)}:07,{rng.randint(100, 999)}"
    return _some(rng, HEX, int(kind.removeprefix("hex")))
