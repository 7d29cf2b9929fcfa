"""Takes secrets out of whatever is kept or shown; every writer of harness and cloud uses it.

Three things find them, in this order: what is known to be secret (`known`: exactly, however it is
spelled), what stands beside a name that says so (`beside`), and what is secret by its own form
(`forms`, with the rules of detect-secrets). Names stay, so that a reader still sees that there was
a token; values go.
"""

from harness.redaction.known import remember
from harness.redaction.names import REMOVED, is_secret_name
from harness.redaction.text import without_secrets
from harness.redaction.values import DEEPEST, cleaned

__all__ = ["DEEPEST", "REMOVED", "cleaned", "is_secret_name", "remember", "without_secrets"]
