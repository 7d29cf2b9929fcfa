"""Routes that the stub does not have: forwarded and kept with an upstream, replayed without."""

from pathlib import Path

from cloud_processes import CloudDriver, ConnectApp, running

LOOPBACK = ("--public-url", "http://127.0.0.1:0")


def test_an_exchange_is_recorded_without_secrets_and_replayed(tmp_path: Path) -> None:
    upstream = ConnectApp(descriptor={"sharedSecret": "not for the shelf", "name": "upstream"})
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    path = "/wiki/rest/api/space?limit=1&token=abcdef"
    headers = {"authorization": "Basic c2VjcmV0"}
    with running(
        "harness.cloud", tmp_path / "one", *arguments, "--upstream", upstream.url
    ) as process:
        cloud = CloudDriver(process.url("http"))
        first = cloud.http.get(path, headers=headers)
        assert first.json()["sharedSecret"] == "not for the shelf"
        assert cloud.effects()[-1] == "forwarded"
        cloud.close()
    upstream.close()
    kept = "".join(each.read_text() for each in (tmp_path / "data" / "exchanges").iterdir())
    for secret in ("not for the shelf", "c2VjcmV0", "abcdef"):
        assert secret not in kept
    with running("harness.cloud", tmp_path / "two", *arguments) as process:
        cloud = CloudDriver(process.url("http"))
        again = cloud.http.get(path)
        assert again.status_code == 200
        assert again.json()["name"] == "upstream"
        assert again.json()["sharedSecret"] == "[removed]"
        assert cloud.effects()[-1] == "replayed"
        assert cloud.http.get("/wiki/rest/api/space?limit=2").status_code == 501
        cloud.close()


def test_an_upstream_that_is_away_is_502(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    gone = ("--upstream", "http://127.0.0.1:1")
    with running("harness.cloud", tmp_path / "one", *arguments, *gone) as process:
        cloud = CloudDriver(process.url("http"))
        assert cloud.http.get("/nowhere/to/go").status_code == 502
        cloud.close()
