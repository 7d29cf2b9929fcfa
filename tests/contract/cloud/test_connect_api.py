"""The public API: shapes, limits, settled and expired rules, switches, refusals."""

import time
import uuid
from typing import Any

import jwt
import pytest
from cloud_processes import CloudDriver, ConnectApp, eventually

from harness.diagnosis.evidence import ToleratedCall
from harness.diagnosis.readers.journal import from_entry

DAY = 24 * 3600


def post(
    cloud: CloudDriver, app: ConnectApp, transfer: str, body: Any, **arguments: Any
) -> tuple[int, Any]:
    answer = app.call(cloud, "POST", f"/progress/{transfer}", json=body, **arguments)
    return answer.status_code, answer.json() if answer.content else None


def last(cloud: CloudDriver) -> dict[str, Any]:
    return [entry for entry in cloud.journal() if "atlassian-connect" in (entry["path"] or "")][-1]


@pytest.mark.parametrize("base", ["", "/wiki"])
def test_progress_is_recorded_under_both_base_paths(
    cloud: CloudDriver, app: ConnectApp, transfer: str, base: str
) -> None:
    body = {"status": "IN_PROGRESS", "percent": 0, "message": "Migrating"}
    assert post(cloud, app, transfer, body, base=base) == (200, body)
    entry = last(cloud)
    assert (entry["effect"], entry["detail"]) == (
        "recorded",
        {"status": "IN_PROGRESS", "percent": 0},
    )
    assert (entry["caller"], entry["app_key"], entry["transfer_id"]) == (app.key, app.key, transfer)


def test_qsh_over_the_whole_path_is_accepted_too(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    path = f"/wiki/rest/atlassian-connect/1/migration/progress/{transfer}"
    token = app.sign("POST", path)
    assert post(cloud, app, transfer, {"status": "IN_PROGRESS"}, token=token)[0] == 200
    assert "the product would refuse the call" in last(cloud)["reason"]
    assert last(cloud)["tolerated"] in last(cloud)["reason"]
    (marked,) = [each for each in from_entry(last(cloud)) if isinstance(each, ToleratedCall)]
    assert "POST /rest/atlassian-connect/1/migration/progress" in marked.says
    assert post(cloud, app, transfer, {"status": "IN_PROGRESS"})[0] == 200
    assert "product would refuse" not in last(cloud)["reason"]
    assert "tolerated" not in last(cloud)


def test_outdated_keys_are_200_and_change_nothing(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    body = {"progressStatus": "SUCCESS", "percent": 100, "statusMessage": "Finished"}
    assert post(cloud, app, transfer, body)[0] == 200
    assert last(cloud)["effect"] == "outdated keys"
    shown = cloud.control("GET", "transfers")["transfers"][0]
    assert (shown["status"], shown["percent"]) == ("IN_PROGRESS", None)


def test_a_lower_percent_is_200_and_ignored(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    post(cloud, app, transfer, {"status": "IN_PROGRESS", "percent": 60})
    assert post(cloud, app, transfer, {"status": "SUCCESS", "percent": 50})[0] == 200
    assert last(cloud)["effect"] == "lower percent"
    assert cloud.control("GET", "transfers")["transfers"][0]["percent"] == 60


@pytest.mark.parametrize("switch", [403, 409])
def test_after_settling_every_call_is_refused(
    cloud: CloudDriver, app: ConnectApp, transfer: str, switch: int
) -> None:
    cloud.control("PUT", "settings", {"after_settled": switch})
    key = cloud.upload(transfer)
    assert post(cloud, app, transfer, {"status": "SUCCESS", "percent": 100})[0] == 200
    assert last(cloud)["effect"] == "settled"
    status, body = post(cloud, app, transfer, {"status": "FAILED", "percent": 100})
    assert status == switch
    assert transfer in body["message"]
    assert "settled state" in body["message"]
    for method, path, arguments in (
        ("GET", f"/data/{transfer}/all", {}),
        ("GET", f"/data/{key}", {}),
        ("GET", f"/error/{transfer}", {}),
        ("POST", f"/feedback/{transfer}", {"json": {"details": {}}}),
        (
            "GET",
            f"/mapping/{transfer}/page",
            {"params": {"namespace": "confluence:page"}},
        ),
        ("GET", f"/container/{transfer}/page", {"params": {"containerType": "Site"}}),
    ):
        assert app.call(cloud, method, path, **arguments).status_code == switch, path
        assert last(cloud)["effect"] == "already settled"


def test_after_14_days_of_platform_time_the_platform_settles_and_calls_are_400(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    cloud.control("POST", "clock/advance", {"seconds": 14 * DAY - 60})
    assert post(cloud, app, transfer, {"status": "IN_PROGRESS", "percent": 1})[0] == 200
    cloud.control("POST", "clock/advance", {"seconds": 61})
    assert post(cloud, app, transfer, {"status": "SUCCESS", "percent": 100})[0] == 400
    assert last(cloud)["effect"] == "expired"
    assert cloud.control("GET", "transfers")["transfers"][0]["status"] == "TIMED_OUT"
    eventually(lambda: app.webhooks("transfer-settled"))
    assert "timed out" in cloud.effects(direction="internal")


def test_a_transfers_days_can_be_fewer(cloud: CloudDriver, app: ConnectApp) -> None:
    cloud.control("PUT", "settings", {"transfer_days": 5})
    transfer = cloud.transfer(cloud.migration(), app.key)
    cloud.trigger(transfer)
    cloud.control("POST", "clock/advance", {"seconds": 5 * DAY + 1})
    assert post(cloud, app, transfer, {"status": "SUCCESS", "percent": 100})[0] == 400
    ended = [each for each in cloud.journal() if each["effect"] == "timed out"]
    assert ended[-1]["reason"].startswith("5 days")


def test_a_signed_url_serves_the_bytes_for_an_hour(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    first, second = cloud.upload(transfer, b"one", label="l-1"), cloud.upload(transfer, b"two")
    listed = app.call(cloud, "GET", f"/data/{transfer}/all").json()
    assert listed == [{"label": "l-1", "s3Key": first}, {"s3Key": second}]
    url = app.call(cloud, "GET", f"/data/{first}").json()["url"]
    assert cloud.http.get(url).content == b"one"
    assert cloud.http.get(url.replace(first, second)).status_code == 403
    later = url.replace("expires=", "expires=9")
    assert cloud.http.get(later).status_code == 403
    cloud.control("POST", "clock/advance", {"seconds": 3601})
    assert cloud.http.get(url).status_code == 403
    assert cloud.effects(direction="in")[-1] == "link expired"
    fresh = app.call(cloud, "GET", f"/data/{first}").json()["url"]
    assert cloud.http.get(fresh).content == b"one"


def test_mappings_are_found_by_key_and_page(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    found = app.call(
        cloud,
        "POST",
        f"/mapping/{transfer}/find",
        params={"namespace": "identity:user"},
        json=["confluence.userkey/8a7f80826b3a0001", "email/ada@example.com", "ada"],
    )
    assert found.json() == {
        "confluence.userkey/8a7f80826b3a0001": "557058:a",
        "email/ada@example.com": "557058:a",
    }
    pages, last_key = [], None
    while True:
        params = {"namespace": "confluence:page", "pageSize": "2"}
        params |= {"lastEntity": last_key} if last_key else {}
        page = app.call(cloud, "GET", f"/mapping/{transfer}/page", params=params).json()
        pages.append(page["items"])
        last_key = page["meta"]["lastEntity"]
        if not page["meta"]["hasNext"]:
            break
    assert pages == [{"65601": "262145", "65602": "262146"}, {"65603": "262147"}]


def test_mapping_limits(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    path, params = f"/mapping/{transfer}/find", {"namespace": "confluence:page"}
    keys = [str(number) for number in range(101)]
    assert app.call(cloud, "POST", path, params=params, json=keys[:100]).status_code == 200
    assert app.call(cloud, "POST", path, params=params, json=keys).status_code == 400
    assert last(cloud)["effect"] == "over a limit"
    assert app.call(cloud, "POST", path, params=params, json={"a": 1}).status_code == 400
    assert app.call(cloud, "POST", path, json=keys[:1]).status_code == 400
    for size, status in (("0", 400), ("1", 200), ("5000", 200), ("5001", 400), ("x", 400)):
        more = params | {"pageSize": size}
        page = app.call(cloud, "GET", f"/mapping/{transfer}/page", params=more)
        assert page.status_code == status, size


def test_mappings_need_their_scope(cloud: CloudDriver, app: ConnectApp) -> None:
    transfer = cloud.transfer(cloud.migration(), dataAccessScopes=["MIGRATION_TRACING_PRODUCT"])
    path = f"/mapping/{transfer}/page"
    for namespace, status in (("confluence:page", 200), ("identity:user", 403)):
        answer = app.call(cloud, "GET", path, params={"namespace": namespace})
        assert answer.status_code == status
    assert last(cloud)["effect"] == "refused: scope not declared"


def test_containers_are_paged(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    path = f"/container/{transfer}/page"
    params = {"containerType": "ConfluenceSpace", "pageSize": "1"}
    first = app.call(cloud, "GET", path, params=params).json()
    assert first == {
        "containers": [{"type": "ConfluenceSpace", "key": "DS", "sourceId": "98305"}],
        "meta": {"hasNext": True, "lastEntity": "DS", "pageSize": 1},
    }
    second = app.call(cloud, "GET", path, params=params | {"lastEntity": "DS"}).json()
    assert [each["key"] for each in second["containers"]] == ["HR"]
    wrong = app.call(cloud, "GET", path, params={"containerType": "Planet"})
    assert wrong.status_code == 400


def test_there_is_a_site_container_even_where_one_space_migrates(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    path = f"/container/{transfer}/page"
    page = app.call(cloud, "GET", path, params={"containerType": "Site"}).json()
    assert page["containers"] == [{"type": "Site"}]


def test_feedback_reaches_the_server_newest_first(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    cloud.server("GET", f"/transfers/{transfer}/feedback", 404)
    for number in (1, 2):
        answer = app.call(
            cloud, "POST", f"/feedback/{transfer}", json={"details": {"number": number}}
        )
        assert (answer.status_code, answer.content) == (200, b"")
    seen = cloud.server("GET", f"/transfers/{transfer}/feedback")
    assert seen == {"details": {"number": 2}}


def test_the_listeners_error_is_told_and_can_be_read(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    assert app.call(cloud, "GET", f"/error/{transfer}").status_code == 404
    error = {"exceptionType": "java.lang.NullPointerException", "safeStackTrace": "at x.Y.z"}
    cloud.server("POST", f"/transfers/{transfer}/errored", 202, json=error)
    assert app.call(cloud, "GET", f"/error/{transfer}").json() == error
    eventually(lambda: app.webhooks("listener-errored"))


def test_recent_transfers_are_the_apps_own_active_ones_newest_first(
    cloud: CloudDriver, app: ConnectApp
) -> None:
    migration = cloud.migration("plan 7")
    made = [cloud.transfer(migration) for _ in range(3)]
    cloud.transfer(migration, cloud_key="somebody-else")
    cloud.trigger(made[1])
    post(cloud, app, made[1], {"status": "SUCCESS", "percent": 100})
    shown = app.call(cloud, "GET", "/transfer/recent").json()
    assert [each["transferId"] for each in shown] == [made[2], made[0]]
    assert set(shown[0]["migrationDetails"]) == {
        "migrationId",
        "migrationScopeId",
        "name",
        "createdAt",
        "cloudUrl",
        "jiraClientKey",
        "confluenceClientKey",
    }
    assert shown[0]["status"] == "IN_PROGRESS"


def test_webhook_endpoints_are_replaced_and_deleted(cloud: CloudDriver, app: ConnectApp) -> None:
    assert app.call(cloud, "GET", "/webhook").json() == {"endpoints": [f"{app.url}/hook"]}
    new = {"endpoints": ["https://elsewhere.example/hook"]}
    assert app.call(cloud, "PUT", "/webhook", json=new).json() == new
    assert "will not be called" in last(cloud)["reason"]
    for wrong in ({"endpoints": []}, {"endpoints": ["http://x.example/"]}, {}, {"endpoints": "x"}):
        assert app.call(cloud, "PUT", "/webhook", json=wrong).status_code == 400
    assert app.call(cloud, "GET", "/webhook").json() == new
    assert app.call(cloud, "DELETE", "/webhook").status_code == 204
    assert app.call(cloud, "GET", "/webhook").json() == {"endpoints": []}


@pytest.mark.parametrize(
    ("body", "status", "effect"),
    [
        ({"status": "DONE", "percent": 100}, 400, "unknown status"),
        ({"status": "FAILURE", "percent": 100}, 400, "unknown status"),
        ({"percent": 100}, 400, "malformed request"),
        ({"status": 7}, 400, "malformed request"),
        ({"status": "SUCCESS", "percent": "100"}, 400, "malformed request"),
        ({"status": "SUCCESS", "percent": True}, 400, "malformed request"),
        ({"status": "SUCCESS", "percent": 101}, 400, "over a limit"),
        ({"status": "SUCCESS", "percent": -1}, 400, "over a limit"),
        ({"status": "SUCCESS", "message": ["x"]}, 400, "malformed request"),
        (["SUCCESS"], 400, "malformed request"),
    ],
)
def test_wrong_reports_are_400_and_say_why(
    cloud: CloudDriver, app: ConnectApp, transfer: str, body: Any, status: int, effect: str
) -> None:
    answered, told = post(cloud, app, transfer, body)
    assert (answered, last(cloud)["effect"]) == (status, effect)
    assert told["message"] == last(cloud)["reason"]


def test_switches_turn_the_disputed_rules(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    cloud.control("PUT", "settings", {"in_progress_percent": "1-99"})
    assert post(cloud, app, transfer, {"status": "IN_PROGRESS", "percent": 0})[0] == 400
    assert post(cloud, app, transfer, {"status": "IN_PROGRESS", "percent": 1})[0] == 200
    cloud.control("PUT", "settings", {"unknown_status": 200})
    assert post(cloud, app, transfer, {"status": "DONE", "percent": 100})[0] == 200
    assert last(cloud)["effect"] == "unknown status"
    cloud.control("PUT", "settings", {"failure_status": "accept"})
    status, body = post(cloud, app, transfer, {"status": "FAILURE", "percent": 100})
    assert (status, body["status"]) == (200, "FAILED")
    cloud.control("PUT", "settings", {"no_such_switch": 1}, expect=400)


def _claims(app: ConnectApp, transfer: str, **changed: Any) -> dict[str, Any]:
    path = f"/rest/atlassian-connect/1/migration/progress/{transfer}"
    right = jwt.decode(app.sign("POST", path), options={"verify_signature": False})
    return {name: value for name, value in (right | changed).items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "claim", "effect"),
    [
        ({"exp": int(time.time()) - 86_400}, "exp", "refused: expired token"),
        ({"exp": None}, "exp", "refused: expired token"),
        ({"exp": "soon"}, "exp", "refused: expired token"),
        ({"iat": int(time.time()) + 86_400}, "iat", "refused: token not yet valid"),
        ({"qsh": "0" * 64}, "qsh", "refused: bad qsh"),
        ({"qsh": None}, "qsh", "refused: bad qsh"),
        ({"qsh": "context-qsh"}, "qsh", "refused: bad qsh"),
        ({"iss": "nobody"}, "iss", "refused: unknown issuer"),
        ({"iss": None}, "iss", "refused: unknown issuer"),
    ],
)
def test_a_token_with_a_wrong_claim_is_401_and_names_it(
    cloud: CloudDriver,
    app: ConnectApp,
    transfer: str,
    changed: dict[str, Any],
    claim: str,
    effect: str,
) -> None:
    token = jwt.encode(_claims(app, transfer, **changed), app.secret, algorithm="HS256")
    status, body = post(cloud, app, transfer, {"status": "SUCCESS"}, token=token)
    assert (status, body["claim"], last(cloud)["effect"]) == (401, claim, effect)
    assert token not in str(cloud.journal())


def test_forged_tokens_are_refused(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    claims = _claims(app, transfer)
    wrong_secret = jwt.encode(claims, "not the secret, but as long as one", algorithm="HS256")
    unsigned = jwt.encode(claims, None, algorithm="none")
    other_hash = jwt.encode(claims, app.secret.ljust(64, "x"), algorithm="HS512")
    for token, claim, effect in (
        (wrong_secret, "signature", "refused: bad signature"),
        (unsigned, "alg", "refused: algorithm"),
        (other_hash, "alg", "refused: algorithm"),
        ("not.a.token", "token", "refused: malformed token"),
    ):
        status, body = post(cloud, app, transfer, {"status": "SUCCESS"}, token=token)
        assert (status, body["claim"], last(cloud)["effect"]) == (401, claim, effect)
    assert cloud.control("GET", "transfers")["transfers"][0]["status"] == "IN_PROGRESS"


def test_skew_within_the_switch_is_tolerated(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    claims = _claims(app, transfer, exp=int(time.time()) - 20, iat=int(time.time()) - 200)
    token = jwt.encode(claims, app.secret, algorithm="HS256")
    assert post(cloud, app, transfer, {"status": "IN_PROGRESS"}, token=token)[0] == 200
    cloud.control("PUT", "settings", {"clock_skew": 1})
    assert post(cloud, app, transfer, {"status": "IN_PROGRESS"}, token=token)[0] == 401


def test_no_token_a_forge_token_and_the_query_parameter(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    path = f"/rest/atlassian-connect/1/migration/progress/{transfer}"
    body = {"status": "IN_PROGRESS"}
    assert cloud.http.post(path, json=body).status_code == 401
    assert last(cloud)["effect"] == "refused: no token"
    bearer = cloud.http.post(path, json=body, headers={"authorization": "Bearer abc"})
    assert bearer.status_code == 403
    assert "Atlassian Connect apps" in bearer.json()["message"]
    token = app.sign("POST", path)
    assert cloud.http.post(path, json=body, params={"jwt": token}).status_code == 200
    assert token not in str(cloud.journal())


def test_another_apps_transfer_is_refused(cloud: CloudDriver, app: ConnectApp) -> None:
    foreign = cloud.transfer(cloud.migration(), cloud_key="somebody-else")
    assert post(cloud, app, foreign, {"status": "SUCCESS"})[0] == 403
    assert last(cloud)["effect"] == "another app's transfer"
    assert post(cloud, app, str(uuid.uuid4()), {"status": "SUCCESS"})[0] == 403
    assert last(cloud)["effect"] == "unknown transfer"
    assert post(cloud, app, "..%2f..%2fetc", {"status": "SUCCESS"})[0] == 400


def test_an_uninstalled_apps_token_is_refused(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    cloud.control("DELETE", f"apps/{app.key}", expect=204)
    assert app.received[-1][1]["eventType"] == "uninstalled"
    assert post(cloud, app, transfer, {"status": "SUCCESS"})[0] == 401
    assert last(cloud)["effect"] == "refused: unknown issuer"
