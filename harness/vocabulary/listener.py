"""How an app's listener is known: by the interfaces of the migration library."""

import re

LISTENER_SERVICE = re.compile(r"com\.atlassian\.migration\.app\.(?:\w+\.)*\w*Listener\w*")
