"""Finds secrets by their own form, whatever stands beside them: keys, licences, vendors' tokens.

Vendors' tokens are found by the rules of detect-secrets, which others keep; it is loaded when the
first text comes that has a word like a token, and asked word by word. None of the rules taken looks
at entropy alone: a hash is no secret. Nothing is ever verified with a vendor.
"""

import re
from functools import cache, lru_cache

from harness.redaction.names import REMOVED
from harness.redaction.table import TOKENS

_KEY_FILE = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*-----|\Z)", re.S
)
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]*\.[\w-]*")
_LICENCE = re.compile(
    r"(?<![A-Za-z0-9])AAA[A-Z](?:[A-Za-z0-9+/=]|\s|\\+[nr]|%2[BbFf]){60,}(?:X02\w+)?"
)
_OURS = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(TOKENS)})")
_WORD = re.compile(r"[\w:/.+=-]{18,}")
_DIGIT = re.compile("[0-9]")
_NO_TOKEN = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])|(?<![A-Za-z0-9_])[0-9a-f]{7,128}(?![\w-])|\d{4}-\d\d-\d\d"
)
"""UUIDs, hashes and dates: what is left of a word without them is looked at."""
_SHORTEST = 15


def without_tokens(text: str) -> str:
    """A text without private keys, licences, JSON web tokens and vendors' tokens."""
    if "PRIVATE KEY" in text:
        text = _KEY_FILE.sub(REMOVED, text)
    if "eyJ" in text:
        text = _TOKEN.sub(REMOVED, text)
    if "AAA" in text:
        text = _LICENCE.sub(f"{REMOVED} ", text)
    return _WORD.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    word = found[0]
    if _DIGIT.search(word) is None and "_" not in word and not word.isupper():
        return word
    return _by_rules(word) if len(_NO_TOKEN.sub("", word)) >= _SHORTEST else word


@lru_cache(maxsize=4096)
def _by_rules(word: str) -> str:
    for rule in (_OURS, *_rules()):
        word = rule.sub(REMOVED, word)
    return word


@cache
def _rules() -> tuple[re.Pattern[str], ...]:
    """The rules for vendors' tokens, without those that need a line of source around them."""
    from detect_secrets.plugins import (
        artifactory,
        aws,
        discord,
        github_token,
        gitlab_token,
        mailchimp,
        npm,
        openai,
        pypi_token,
        sendgrid,
        slack,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    detectors = (
        artifactory.ArtifactoryDetector(),
        aws.AWSKeyDetector(),
        discord.DiscordBotTokenDetector(),
        github_token.GitHubTokenDetector(),
        gitlab_token.GitLabTokenDetector(),
        mailchimp.MailchimpDetector(),
        npm.NpmDetector(),
        openai.OpenAIDetector(),
        pypi_token.PypiTokenDetector(),
        sendgrid.SendGridDetector(),
        slack.SlackDetector(),
        square_oauth.SquareOAuthDetector(),
        stripe.StripeDetector(),
        telegram_token.TelegramBotTokenDetector(),
        twilio.TwilioKeyDetector(),
    )
    return tuple(pattern for each in detectors for pattern in each.denylist)
