"""Whether the platform links a server app with a cloud app: the seed's first explanation."""

import uuid

from cloud_processes import CloudDriver


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


def test_a_transfers_id_is_a_uuid_of_version_3(cloud: CloudDriver) -> None:
    migration = cloud.migration()
    ids = {cloud.transfer(migration), cloud.transfer(migration)}
    assert [uuid.UUID(each).version for each in ids] == [3, 3]
