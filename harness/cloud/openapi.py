"""The OpenAPI 3.1 document of the public API, served at `/_harness/openapi.json`.

Built from the limits that the handlers use, so that the two cannot drift apart; schemathesis
runs against it (`tests/contract/cloud/test_openapi.py`).
"""

from typing import Any

from harness.cloud.connect_api.progress import STATUSES
from harness.cloud.connect_api.webhook import ENDPOINTS_LIMIT, URL_LIMIT, URL_PATTERN
from harness.cloud.settings import Switches
from harness.cloud.site_pages import CONTAINER_PAGE, CONTAINER_TYPES, KEYS_AT_ONCE, MAPPING_PAGE

Json = dict[str, Any]

BASES = ("/rest/atlassian-connect/1/migration", "/wiki/rest/atlassian-connect/1/migration")

_STRING: Json = {"type": "string"}
_UUID: Json = {"type": "string", "format": "uuid"}
_PERCENT: Json = {"type": ["integer", "null"], "minimum": 0, "maximum": 100}


def document(switches: Switches, version: str = "1") -> Json:
    """The document for the current switches.

    Args:
        switches: they decide which statuses a call may get.
        version: the document's version.
    """
    errors = _Errors(switches)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "App migration platform, Connect API, as the stub serves it",
            "version": version,
            "description": "Written from public documentation; docs/fidelity.md says how certain "
            "each part is. It contains nothing of Atlassian's own document.",
        },
        "servers": [{"url": base} for base in BASES],
        "security": [{"connectJwt": []}],
        "paths": _paths(errors),
        "components": {
            "securitySchemes": {
                "connectJwt": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "JWT <token>: HS256 with the install's shared secret; iss is "
                    "the app key, qsh the hash of the request, its path below the base URL",
                }
            },
            "schemas": _SCHEMAS | {"ContainerPage": _container_page(switches)},
        },
    }


class _Errors:
    """The refusals that a call may get."""

    def __init__(self, switches: Switches) -> None:
        self._settled = {switches.after_settled, switches.another_apps_transfer}

    def any_call(self) -> Json:
        return {str(status): _error(text) for status, text in _COMMON.items()}

    def about_transfer(self) -> Json:
        more = dict.fromkeys(self._settled - {403}, "settled, or another app's transfer")
        return self.any_call() | {str(status): _error(text) for status, text in more.items()}


_COMMON = {
    400: "malformed, over a limit, or past the transfer's 14 days",
    401: "the token is missing or invalid; `claim` names what failed",
    403: "settled or unknown, another app's transfer, a scope that is not declared, or not a "
    "Connect app",
    404: "not found",
    413: "the body is too long",
    429: "a fault on demand",
    500: "the stub itself failed",
    503: "a fault on demand",
    507: "the stub's disk is full",
}


def _paths(errors: _Errors) -> Json:
    transfer = errors.about_transfer()
    return {
        "/webhook": {
            "get": _operation(
                "readWebhooks",
                "notification",
                "Endpoints registered",
                {"200": _json("Webhooks")} | errors.any_call(),
            ),
            "put": _operation(
                "replaceWebhooks",
                "notification",
                "Replaces the endpoints",
                {"200": _json("Webhooks")} | errors.any_call(),
                body=_body(
                    _ref("WebhooksRequest"),
                    one={"endpoints": ["https://app.example/migration"]},
                    two={"endpoints": ["https://app.example/a", "https://eu.app.example/a?b=c"]},
                ),
            ),
            "delete": _operation(
                "removeWebhooks",
                "notification",
                "Removes all endpoints",
                {"204": {"description": "removed"}} | errors.any_call(),
            ),
        },
        "/progress/{transferId}": {
            "post": _operation(
                "reportProgress",
                "status",
                "Reports progress",
                {"200": _echo()} | transfer,
                [_path("transferId")],
                _body(
                    _ref("ProgressRequest"),
                    begun={"status": "IN_PROGRESS", "percent": 0, "message": "Migrating charts"},
                    unchanged={"status": "IN_PROGRESS"},
                    done={"status": "SUCCESS", "percent": 100, "message": "Finished"},
                    partly={"status": "INCOMPLETE", "percent": 100, "message": "2 not mapped"},
                ),
            )
        },
        "/mapping/{transferId}/find": {
            "post": _operation(
                "findMappings",
                "mapping",
                "Cloud ids of server keys",
                {"200": _json("Mapping")} | transfer,
                [_path("transferId"), _query("namespace", _NAMESPACE, needed=True)],
                _body(
                    {
                        "type": "array",
                        "items": {"type": "string", "minLength": 1},
                        "maxItems": KEYS_AT_ONCE,
                    },
                    pages=["65601", "65602"],
                    none=[],
                ),
            )
        },
        "/mapping/{transferId}/page": {
            "get": _operation(
                "pageMappings",
                "mapping",
                "A page of mappings",
                {"200": _json("MappingPage")} | transfer,
                [
                    _path("transferId"),
                    _query("namespace", _NAMESPACE, needed=True),
                    *_paging(MAPPING_PAGE),
                ],
            )
        },
        "/container/{transferId}/page": {
            "get": _operation(
                "pageContainers",
                "container",
                "A page of containers",
                {"200": _json("ContainerPage")} | transfer,
                [
                    _path("transferId"),
                    _query(
                        "containerType",
                        {"type": "string", "enum": list(CONTAINER_TYPES)},
                        needed=True,
                    ),
                    *_paging(CONTAINER_PAGE),
                ],
            )
        },
        "/data/{transferId}/all": {
            "get": _operation(
                "listAppData",
                "app data",
                "What the server app uploaded",
                {
                    "200": _json(
                        "Uploads",
                        _leading_to("signAppDataLink", s3Key="$response.body#/0/s3Key"),
                    )
                }
                | transfer,
                [_path("transferId")],
            )
        },
        "/data/{s3Key}": {
            "get": _operation(
                "signAppDataLink",
                "app data",
                "A signed URL to the bytes; it lives for an hour",
                {"200": _json("Link")} | transfer,
                [_path("s3Key")],
            )
        },
        "/transfer/recent": {
            "get": _operation(
                "listRecentTransfers",
                "transfer",
                "Up to 100 active transfers, newest first",
                {"200": _json("Recent", _about_a_transfer("$response.body#/0/transferId"))}
                | errors.any_call(),
            )
        },
        "/feedback/{transferId}": {
            "post": _operation(
                "leaveFeedback",
                "transfer",
                "Leaves feedback for the listener",
                {"200": {"description": "stored"}} | transfer,
                [_path("transferId")],
                _body(_ref("FeedbackRequest"), moved={"details": {"moved": [1, 2]}}),
            )
        },
        "/error/{transferId}": {
            "get": _operation(
                "readListenerError",
                "transfer",
                "The exception that ended the listener",
                {"200": _json("TransferError")} | transfer,
                [_path("transferId")],
            )
        },
    }


def _operation(
    name: str,
    tag: str,
    summary: str,
    responses: Json,
    parameters: list[Json] | None = None,
    body: Json | None = None,
) -> Json:
    made: Json = {"operationId": name, "tags": [tag], "summary": summary, "responses": responses}
    if parameters:
        made["parameters"] = parameters
    if body:
        made["requestBody"] = {"required": True, "content": {"application/json": body}}
    return made


def _body(schema: Json, **examples: Any) -> Json:
    return {
        "schema": schema,
        "examples": {name: {"value": example} for name, example in examples.items()},
    }


def _leading_to(*operations: str, **parameters: str) -> Json:
    """Links from an answer to the operations that it gives something for."""
    return {name: {"operationId": name, "parameters": parameters} for name in operations}


def _about_a_transfer(where: str) -> Json:
    return _leading_to(
        "reportProgress",
        "findMappings",
        "pageMappings",
        "pageContainers",
        "listAppData",
        "leaveFeedback",
        "readListenerError",
        transferId=where,
    )


def _path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": _UUID}


def _query(name: str, schema: Json, needed: bool = False) -> Json:
    return {"name": name, "in": "query", "required": needed, "schema": schema}


def _paging(most: int) -> list[Json]:
    return [
        _query("lastEntity", _STRING),
        _query("pageSize", {"type": "integer", "minimum": 1, "maximum": most, "default": most}),
    ]


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str, links: Json | None = None) -> Json:
    made: Json = {"description": name, "content": {"application/json": {"schema": _ref(name)}}}
    return made | ({"links": links} if links else {})


def _echo() -> Json:
    again = _about_a_transfer("$request.path.transferId")
    return _json("Progress", again) | {
        "description": "the report, echoed; no body for outdated keys"
    }


def _error(description: str) -> Json:
    return {
        "description": description,
        "content": {"application/json": {"schema": _ref("Error")}},
    }


_NAMESPACE: Json = {
    "type": "string",
    "minLength": 1,
    "examples": ["confluence:page", "confluence:space", "identity:user"],
}

_META: Json = {
    "type": "object",
    "required": ["hasNext", "lastEntity", "pageSize"],
    "properties": {
        "hasNext": {"type": "boolean"},
        "lastEntity": {"type": ["string", "null"]},
        "pageSize": {"type": "integer"},
    },
}

_CONTAINER: Json = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": _STRING,
        "key": _STRING,
        "sourceId": _STRING,
        "selectedUsers": {"type": "string", "enum": ["ALL_USERS"]},
    },
}


def _container_page(switches: Switches) -> Json:
    container = _ref("Container")
    as_map: Json = {"type": "object", "additionalProperties": container}
    as_list: Json = {"type": "array", "items": container}
    return {
        "type": "object",
        "required": ["containers", "meta"],
        "properties": {
            "containers": as_map if switches.container_page == "map" else as_list,
            "meta": _META,
        },
    }


_SCHEMAS: Json = {
    "Error": {
        "type": "object",
        "required": ["statusCode", "message"],
        "properties": {
            "statusCode": {"type": "integer"},
            "message": _STRING,
            "claim": _STRING,
            "field": _STRING,
        },
    },
    "WebhooksRequest": {
        "type": "object",
        "required": ["endpoints"],
        "properties": {
            "endpoints": {
                "type": "array",
                "minItems": 1,
                "maxItems": ENDPOINTS_LIMIT,
                "items": {
                    "type": "string",
                    "pattern": URL_PATTERN,
                    "maxLength": URL_LIMIT,
                },
            }
        },
    },
    "Webhooks": {
        "type": "object",
        "required": ["endpoints"],
        "properties": {"endpoints": {"type": "array", "items": _STRING}},
    },
    "ProgressRequest": {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"type": "string", "enum": sorted(STATUSES)},
            "percent": _PERCENT,
            "message": {"type": ["string", "null"]},
        },
    },
    "Progress": {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": _STRING,
            "percent": _PERCENT,
            "message": {"type": ["string", "null"]},
        },
    },
    "Mapping": {"type": "object", "additionalProperties": _STRING},
    "MappingPage": {
        "type": "object",
        "required": ["items", "meta"],
        "properties": {
            "items": {"type": "object", "additionalProperties": _STRING},
            "meta": _META,
        },
    },
    "Container": _CONTAINER,
    "Uploads": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["s3Key"],
            "properties": {"s3Key": _UUID, "label": _STRING},
        },
    },
    "Link": {
        "type": "object",
        "required": ["url"],
        "properties": {"url": {"type": "string", "format": "uri"}},
    },
    "MigrationDetails": {
        "type": "object",
        "required": [
            "migrationId",
            "migrationScopeId",
            "name",
            "createdAt",
            "cloudUrl",
            "jiraClientKey",
            "confluenceClientKey",
        ],
        "properties": {
            "migrationId": _UUID,
            "migrationScopeId": _STRING,
            "name": _STRING,
            "createdAt": {"type": "integer"},
            "cloudUrl": _STRING,
            "jiraClientKey": {"type": ["string", "null"]},
            "confluenceClientKey": {"type": ["string", "null"]},
        },
    },
    "Recent": {
        "type": "array",
        "maxItems": 100,
        "items": {
            "type": "object",
            "required": ["transferId", "status", "migrationDetails"],
            "properties": {
                "transferId": _UUID,
                "status": {"type": "string", "enum": ["IN_PROGRESS", "CANCELLATION_REQUESTED"]},
                "migrationDetails": _ref("MigrationDetails"),
            },
        },
    },
    "FeedbackRequest": {
        "type": "object",
        "required": ["details"],
        "properties": {"details": {"type": "object"}},
    },
    "TransferError": {
        "type": "object",
        "required": ["exceptionType", "safeStackTrace"],
        "properties": {"exceptionType": _STRING, "safeStackTrace": _STRING},
    },
}
