"""The table behind the patterns: which names make a value secret, and which values are none.

Names and forms that no maintained set of rules has, as data. A name is meant by how it ends:
`clientSecret` is one and `signature.check.disabled` is not.
"""

NAMES = (
    *("password", "passwd", "passphrase", "passcode", "secret", "token", "credentials?"),
    *("authorization", "signature", "jsessionid", "cookie", r"seraph\.\w{1,40}", "publickey"),
    r"(?:api|secret|access|private|signing|encryption|shared|account|storage|licen[cs]e)[-_. ]?key",
    *(r"raw[-_. ]?licen[cs]e", r"licen[cs]e[-_. ]?(?:string|text|message)", r"session[-_. ]?id"),
)
"""Ends of names, in any case, whatever stands before them."""

WORDS = ("pwd", "pass", "jwt", "sig", "session")
"""Short ones: they have to begin a word, or a part of one as in `dbPwd`."""

ENDINGS = ("value", "text", "hash", "old", "new", "confirm", "confirmation", "base64", "b64", r"\d")
"""What may follow: `passwordConfirm`, `token_value`."""

SCHEMES = ("bearer", "basic", "jwt", "digest", "negotiate")
"""Of an Authorization header."""

_STATES = """
    true false yes no on off none null nil undefined unset empty missing absent required
    optional invalid valid expired unknown wrong accepted refused rejected denied granted closed
    open opened changed set given present ok failed disabled enabled removed hidden redacted
    masked default bearer basic jwt digest negotiate string object unsigned signed the a an and
    or is was not of in for with to this that it unavailable verified stored matches mismatch
    too never needed
"""
NO_VALUES = frozenset(_STATES.split())
"""What stands beside such a name without being a secret: states, types, and words of a sentence."""

PASSWORDS = ("pass", "pwd")
"""In a name: its value may be an ordinary word or number."""

TOKENS = (
    *(r"github_pat_\w{20,}", r"gl[a-z]{2,8}-[\w-]{20,}", r"AIza[\w-]{35}", r"npm_\w{30,}"),
    *(r"AT[AC]TT3[\w=+/-]{20,}", r"ATBB\w{20,}", r"hf_[A-Za-z]{30,}", r"do[orp]_v1_[0-9a-f]{32,}"),
    *(r"shp(?:at|ca|pa|ss)_[0-9a-f]{32}", r"hv[bsr]\.[\w-]{20,}", r"gl(?:sa|c)_[\w+/=-]{20,}"),
    *(r"sk-ant-[\w-]{20,}", r"sk-(?:proj|svcacct)-[\w-]{20,}", r"PMAK-[0-9a-f-]{40,}"),
    *(r"xapp-\d-[\w-]{20,}", r"sntry[su]_[\w=+/-]{20,}", r"dapi[0-9a-f]{32}", r"whsec_\w{20,}"),
    *(r"lin_api_\w{30,}", r"NRAK-[A-Z0-9]{20,}", r"dp\.pt\.\w{30,}", r"pul-[0-9a-f]{40}"),
)
"""Forms of vendors' tokens that detect-secrets 1.5 does not know."""
