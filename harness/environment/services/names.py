"""Names and addresses that the services of a stack know each other by."""

CLOUD, CLOUD_APP, CONFLUENCE, RECORDER = "cloud", "cloud-app", "confluence", "recorder"


HOME = "/var/atlassian/application-data/confluence"


LOG = "logs/atlassian-confluence.log"


PLATFORM_HOSTS = (
    "api.atlassian.com",
    "connect-install-keys.atlassian.com",
    "asap-distribution.us-west-2.prod.atl-asap.net",
)
"""Hosts of the real cloud that the stub answers for on a Docker network (design, 4.5)."""


PLATFORM_URL = f"https://{PLATFORM_HOSTS[0]}"


APP_URL = f"https://{CLOUD_APP}"
"""Where services on a Docker network reach the cloud's server side, and the cloud app."""


LOOPBACK = "127.0.0.1"

CONTROL_TOKEN = "control-token"  # noqa: S105 - a file's name
"""The file of a service with what callers of its control API have to send."""
