"""A Connect app's calls from beginning to end, through a client that was generated.

Runs where only the generator, its client and a public package for tokens are; nothing of ours
but the document that the client was made from. Takes a site and an install as JSON on standard
input, answers with what the client made of each answer.
"""

import json
import sys
from typing import Any
from uuid import UUID

import atlassian_jwt
import httpx
from their_client import Client
from their_client.api.app_data import list_app_data, sign_app_data_link
from their_client.api.container import page_containers
from their_client.api.mapping import find_mappings, page_mappings
from their_client.api.notification import read_webhooks, remove_webhooks, replace_webhooks
from their_client.api.status import report_progress
from their_client.api.transfer import leave_feedback, list_recent_transfers, read_listener_error
from their_client.models import (
    FeedbackRequest,
    PageContainersContainerType,
    ProgressRequest,
    ProgressRequestStatus,
    WebhooksRequest,
)

given = json.load(sys.stdin)
CONTEXT = "/wiki"


def sign(request: httpx.Request) -> None:
    """Signs as Connect's rules say: the path below the site's base URL."""
    url = request.url.raw_path.decode().removeprefix(CONTEXT)
    token = atlassian_jwt.encode_token(request.method, url, given["key"], given["secret"])
    request.headers["Authorization"] = f"JWT {token}"


def plain(value: Any) -> Any:
    """What a model holds, as JSON; enums and UUIDs as their text."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


client = Client(
    base_url=f"{given['site']}{CONTEXT}/rest/atlassian-connect/1/migration",
    raise_on_unexpected_status=True,
    httpx_args={"event_hooks": {"request": [sign]}, "trust_env": False},
)
transfer = UUID(given["transfer"])


def report(status: ProgressRequestStatus, percent: int) -> Any:
    body = ProgressRequest(status=status, percent=percent, message=f"{percent} percent")
    return report_progress.sync(transfer, client=client, body=body)


def kind(name: str) -> PageContainersContainerType:
    return PageContainersContainerType(name)


endpoints = WebhooksRequest(endpoints=["https://app.example/a", "https://app.example/b"])
uploads = list_app_data.sync(transfer, client=client)
link = sign_app_data_link.sync(uploads[0].s_3_key, client=client)
found = {
    "recent": list_recent_transfers.sync(client=client),
    "begun": report(ProgressRequestStatus.IN_PROGRESS, 0),
    "uploads": uploads,
    "bytes": httpx.get(link.url, trust_env=False).text,
    "mapped": find_mappings.sync(
        transfer, client=client, body=["65601", "1"], namespace="confluence:page"
    ),
    "page": page_mappings.sync(transfer, client=client, namespace="confluence:page", page_size=2),
    "spaces": page_containers.sync(transfer, client=client, container_type=kind("ConfluenceSpace")),
    "sites": page_containers.sync(transfer, client=client, container_type=kind("Site")),
    "feedback": leave_feedback.sync_detailed(
        transfer, client=client, body=FeedbackRequest.from_dict({"details": {"moved": 3}})
    ).status_code.value,
    "no error": read_listener_error.sync(transfer, client=client),
    "webhooks": replace_webhooks.sync(client=client, body=endpoints),
    "webhooks read": read_webhooks.sync(client=client),
    "removed": remove_webhooks.sync_detailed(client=client).status_code.value,
    "done": report(ProgressRequestStatus.SUCCESS, 100),
    "too late": report(ProgressRequestStatus.FAILED, 100),
}
json.dump({name: plain(value) for name, value in found.items()}, sys.stdout)
