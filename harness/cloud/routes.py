"""All routes of the cloud."""

from xml.sax.saxutils import escape

from harness.cloud.call import Answer, Call, NoRoute, Outcome, answer_json
from harness.cloud.connect_api import app_data, progress, transfer, webhook
from harness.cloud.connect_api.access import CONTEXT
from harness.cloud.control_api import apps, clock, faults, journal, state
from harness.cloud.forge_api import routes as forge
from harness.cloud.openapi import BASES, document
from harness.cloud.router import Router
from harness.cloud.server_api import content, migrations, transfers
from harness.cloud.site_api import content_v1, pages_v2
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

CONNECT = BASES
"""Both base paths; the documentation shows the first one even for Confluence."""
FORGE = "/app/migration/forge/v1"
SERVER = "/server/v1"
CONTROL = "/_harness"


def make_router() -> Router:
    """Makes the router with all routes."""
    router = Router()
    _connect(router)
    _forge(router)
    _site(router)
    _server(router)
    _control(router)
    router.add("GET", f"{app_data.LINKS}/{{s3Key}}", app_data.serve)
    router.add("GET", "/plugins/servlet/oauth/consumer-info", consumer_info, "", CONTEXT)
    router.add("GET", "/{keyId}", install_key)
    return router


def _connect(router: Router) -> None:
    for method, template, handler in (
        ("POST", "/progress/{transferId}", progress.post),
        ("GET", "/data/{transferId}/all", app_data.list_all),
        ("GET", "/data/{s3Key}", app_data.get_link),
        ("GET", "/transfer/recent", transfer.recent),
        ("POST", "/mapping/{transferId}/find", transfer.find_mapping),
        ("GET", "/mapping/{transferId}/page", transfer.page_mapping),
        ("GET", "/container/{transferId}/page", transfer.page_containers),
        ("POST", "/feedback/{transferId}", transfer.give_feedback),
        ("GET", "/error/{transferId}", transfer.read_error),
        ("GET", "/webhook", webhook.read),
        ("PUT", "/webhook", webhook.put),
        ("DELETE", "/webhook", webhook.delete),
    ):
        router.add(method, template, handler, *CONNECT)


def _forge(router: Router) -> None:
    for method, template, handler in (
        ("POST", "/message/{transferId}/status", forge.message_status),
        ("POST", "/mapping/{transferId}/find", forge.find_mapping),
        ("GET", "/mapping/{transferId}/page", forge.page_mapping),
        ("POST", "/log/{transferId}", forge.log),
        ("GET", "/data/{s3Key}", forge.data_link),
        ("GET", "/data/{s3Key}/payload", forge.data_payload),
        ("GET", "/container/{transferId}/page", forge.page_containers),
    ):
        router.add(method, template, handler, FORGE)


def _site(router: Router) -> None:
    for method, template, handler in (
        ("GET", "/rest/api/content", content_v1.list_content),
        ("POST", "/rest/api/content", content_v1.create),
        ("GET", "/rest/api/content/{id}", content_v1.read),
        ("PUT", "/rest/api/content/{id}", content_v1.update),
        ("DELETE", "/rest/api/content/{id}", content_v1.delete),
        ("GET", "/rest/api/content/{id}/version", content_v1.versions),
        ("GET", "/api/v2/pages", pages_v2.list_pages),
        ("POST", "/api/v2/pages", pages_v2.create),
        ("GET", "/api/v2/pages/{id}", pages_v2.read),
        ("PUT", "/api/v2/pages/{id}", pages_v2.update),
        ("DELETE", "/api/v2/pages/{id}", pages_v2.delete),
        ("GET", "/api/v2/pages/{id}/versions", pages_v2.versions),
        ("GET", "/api/v2/spaces", pages_v2.list_spaces),
        ("GET", "/api/v2/spaces/{id}", pages_v2.read_space),
        ("GET", "/api/v2/spaces/{id}/pages", pages_v2.pages_of_space),
    ):
        router.add(method, template, handler, CONTEXT)


def _server(router: Router) -> None:
    for method, template, handler in (
        ("POST", "/attach", migrations.attach),
        ("POST", "/token", migrations.renew_token),
        ("GET", "/connection", migrations.connection),
        ("GET", "/apps/{cloudAppKey}", migrations.find_app),
        ("POST", "/plans/{planId}/content", content.move),
        ("POST", "/migrations", migrations.create_migration),
        ("POST", "/migrations/{migrationId}/transfers", migrations.create_transfer),
        ("GET", "/migrations/{migrationId}/progress", migrations.poll),
        ("GET", "/migrations/{migrationId}/log", migrations.progress_log),
        ("POST", "/transfers/{transferId}/triggered", transfers.triggered),
        ("POST", "/transfers/{transferId}/errored", transfers.errored),
        ("POST", "/transfers/{transferId}/data", transfers.upload),
        ("POST", "/transfers/{transferId}/export-completed", transfers.export_completed),
        ("POST", "/transfers/{transferId}/cancel", transfers.cancel),
        ("GET", "/transfers/{transferId}/feedback", transfers.feedback),
        ("POST", "/transfers/{transferId}/mapping/find", transfers.find_mapping),
        ("GET", "/transfers/{transferId}/mapping/page", transfers.page_mapping),
        ("GET", "/transfers/{transferId}/containers", transfers.page_containers),
    ):
        router.add(method, template, handler, SERVER)


def _control(router: Router) -> None:
    for method, template, handler in (
        ("GET", "/health", state.health),
        ("GET", "/clock", clock.read),
        ("PUT", "/clock", clock.put),
        ("POST", "/clock/advance", clock.advance),
        ("GET", "/apps", apps.list_all),
        ("POST", "/apps", apps.install),
        ("DELETE", "/apps/{key}", apps.uninstall),
        ("POST", "/forge-apps", apps.install_forge),
        ("GET", "/journal", journal.read),
        ("POST", "/marks", journal.mark),
        ("GET", "/transfers", state.transfers),
        ("GET", "/content", state.content),
        ("GET", "/settings", state.read_switches),
        ("PUT", "/settings", state.put_switches),
        ("POST", "/marketplace", state.list_pair),
        ("GET", "/faults", faults.list_all),
        ("POST", "/faults", faults.add),
        ("DELETE", "/faults", faults.clear),
        ("DELETE", "/faults/{id}", faults.remove),
        ("POST", "/reset", state.reset),
        ("GET", "/openapi.json", openapi),
    ):
        router.add(method, template, handler, CONTROL)


async def consumer_info(world: World, call: Call) -> Outcome:
    """`GET /plugins/servlet/oauth/consumer-info`: what older frameworks compare an install with."""
    call.caller = "anyone"
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        f"<consumer><key>{escape(world.client_key)}</key><name>Confluence</name>"
        f"<publicKey>{world.vault.host_key}</publicKey>"
        f"<description>Atlassian Confluence at {escape(world.base_url)}</description></consumer>\n"
    )
    answer = Answer(200, body.encode(), b"application/xml")
    return Outcome(answer, Effect.READ, "the consumer's information was served")


async def install_key(world: World, call: Call) -> Outcome:
    """`GET /{keyId}`: the public key of signed installs, as the install-keys hosts serve it."""
    if not world.vault.serves_key(call.params["keyId"]):
        raise NoRoute
    call.caller = "anyone"
    body = world.vault.public_key.encode()
    return Outcome(Answer(200, body, b"text/plain"), Effect.READ, "the install key was served")


async def openapi(world: World, _call: Call) -> Outcome:
    """`GET /_harness/openapi.json`: the public API's document."""
    return Outcome(answer_json(document(world.switches)), Effect.READ)
