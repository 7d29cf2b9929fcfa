"""Whether the platform links a server app with a cloud app: the seed's first explanation."""

import uuid

from cloud_processes import CloudDriver, ConnectApp, eventually


def linked(cloud: CloudDriver, server_key: str, cloud_key: str) -> bool:
    body = {"containerId": "c", "serverAppKey": server_key, "cloudAppKey": cloud_key}
    path = f"/migrations/{cloud.migration()}/transfers"
    return bool(cloud.server("POST", path, 201, json=body)["linked"])


def test_equal_keys_are_linked_and_unequal_ones_when_listed(cloud: CloudDriver) -> None:
    assert linked(cloud, "any", "other")
    pair = {"serverAppKey": "charts-plugin", "cloudAppKey": "charts-for-confluence"}
    cloud.control("POST", "marketplace", pair, expect=204)
    assert linked(cloud, "charts-plugin", "charts-for-confluence")
    assert linked(cloud, "same", "same")
    assert not linked(cloud, "charts-plugin", "other")
    assert "does not list" in cloud.journal(effect="created")[-1]["reason"]
    cloud.control("POST", "marketplace", pair | {"listed": False}, expect=204)
    assert not linked(cloud, "charts-plugin", "charts-for-confluence")
    cloud.control("PUT", "settings", {"marketplace": "open"})
    assert linked(cloud, "charts-plugin", "charts-for-confluence")


def test_the_poll_has_the_contracts_fields(cloud: CloudDriver) -> None:
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    row = cloud.poll(migration)[0]
    assert row.pop("lastUpdatedAt") > 1_500_000_000_000
    assert row == {
        "transferId": transfer,
        "containerId": "container-of-charts-plugin",
        "serverAppKey": "charts-plugin",
        "cloudAppKey": "charts-for-confluence",
        "status": "CREATED",
        "percent": None,
        "message": None,
    }


def test_another_server_sees_nothing_of_it(cloud: CloudDriver) -> None:
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    first = cloud.token
    cloud.attach("another")
    cloud.server("GET", f"/migrations/{migration}/progress", 404)
    cloud.server("POST", f"/transfers/{transfer}/triggered", 404, json={})
    cloud.token = f"{first[:-1]}{'0' if first[-1] != '0' else '1'}"
    cloud.server("GET", f"/migrations/{migration}/progress", 401)
    assert cloud.effects()[-1] == "refused: bad server token"


def test_the_progress_log_tells_the_run(cloud: CloudDriver) -> None:
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    cloud.trigger(transfer)
    cloud.upload(transfer)
    rows = cloud.server("GET", f"/migrations/{migration}/log")["rows"]
    assert [row["type"] for row in rows] == ["APP_DATA_UPLOADED", "MIGRATION_STARTED"]
    assert {row["transferId"] for row in rows} == {transfer}


def test_the_progress_logs_texts_are_those_that_are_published(
    cloud: CloudDriver, app: ConnectApp
) -> None:
    migration = cloud.migration()
    transfer = cloud.transfer(migration, app.key)
    cloud.trigger(transfer)
    key = cloud.upload(transfer)
    for body in (
        {"status": "IN_PROGRESS", "percent": 40, "message": "x" * 1001},
        {"status": "IN_PROGRESS"},
    ):
        assert app.call(cloud, "POST", f"/progress/{transfer}", json=body).status_code == 200
    cloud.server("POST", f"/transfers/{transfer}/cancel", 202, json={})

    def rows() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in cloud.server("GET", f"/migrations/{migration}/log")["rows"]:
            found.setdefault(row["type"], []).append(row["message"])
        return found

    eventually(lambda: len(rows().get("CLOUD_APP_NOTIFIED", ())) == 3)
    told = rows()
    updated = (
        "App migration updated by the Cloud app with status IN_PROGRESS, progress 40 and message: "
    )
    assert told["MIGRATION_STARTED"] == [
        f"App migration started. Details: {app.key}, for transfer: {transfer}"
    ]
    assert told["APP_DATA_UPLOADED"] == [f"App data uploaded. Details: ID: {key}"]
    assert told["STATUS_UPDATE"] == [updated, updated + "x" * 1000]
    assert told["CANCEL_REQUESTED"] == ["Initiated your request to cancel app migration."]
    assert all(text.startswith("Notified cloud app") for text in told["CLOUD_APP_NOTIFIED"])
    cloud.control("PUT", "settings", {"log_message": 500})
    assert rows()["STATUS_UPDATE"] == [updated, updated + "x" * 500]


def test_a_transfers_id_is_a_uuid_of_version_3(cloud: CloudDriver) -> None:
    migration = cloud.migration()
    ids = {cloud.transfer(migration), cloud.transfer(migration)}
    assert [uuid.UUID(each).version for each in ids] == [3, 3]
