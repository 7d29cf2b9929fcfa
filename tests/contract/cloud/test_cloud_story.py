"""The seed's run, from install to the settled transfer, without a Confluence."""

import httpx
from cloud_processes import CloudDriver, Process, eventually


def test_the_scripted_app_takes_a_transfer_from_install_to_settled(
    cloud: CloudDriver, app_process: Process
) -> None:
    installed = cloud.install(app_process.url("http"))
    assert installed["appKey"] == "charts-for-confluence"

    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    assert cloud.poll(migration)[0]["status"] == "CREATED"
    cloud.trigger(transfer)
    cloud.upload(transfer, b'{"charts": 3}', label="part-1")
    row = eventually(lambda: _settled(cloud, migration))

    assert (row["status"], row["percent"]) == ("SUCCESS", 100)
    assert row["message"] == "Finished migrating charts"
    story = [(entry["direction"], entry["effect"]) for entry in cloud.journal(transfer=transfer)]
    for told in (("in", "recorded"), ("in", "settled"), ("in", "bytes served")):
        assert story.count(told) == 1
    eventually(lambda: cloud.effects(transfer=transfer).count("delivered") == 3)


def test_the_app_sees_the_bytes_that_the_server_uploaded(
    cloud: CloudDriver, app_process: Process
) -> None:
    cloud.install(app_process.url("http"))
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    cloud.trigger(transfer)
    cloud.upload(transfer, b'{"charts": 3}', label="part-1")
    eventually(lambda: _settled(cloud, migration))
    events = httpx.get(f"{app_process.url('control')}/_app/events", trust_env=False).json()
    fetched = [each for each in events["events"] if each["kind"] == "fetched"]
    assert [(each["label"], each["start"]) for each in fetched] == [("part-1", '{"charts": 3}')]


def _settled(cloud: CloudDriver, migration: str) -> dict[str, object] | None:
    row: dict[str, object] = cloud.poll(migration)[0]
    return row if row["status"] in ("SUCCESS", "FAILED", "INCOMPLETE") else None
