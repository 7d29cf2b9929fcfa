"""A cloud app that is not ours: started by the vendor's command, or running already.

On local processes alone: a container does not reach an app on this machine.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from harness_command import Command

from harness.environment.tls import CERTIFICATE
from harness.support import assets

CASES = """
name: {name}
app: {name}
axes:
  feature: {{dark_feature: migration-assistant.app-migration.feature, values: [on]}}
expectations:
  - rows: [COMPLETE 100]
    source: The cloud app posts SUCCESS 100.
"""


def written(folder: Path, name: str, app_yaml: str) -> str:
    """A vendor's folder with an app and its case; the file of the case."""
    (folder / name).mkdir()
    charts = assets.sample_app("charts")
    (folder / name / "app.yaml").write_text(app_yaml.replace("../charts", str(charts)))
    (folder / f"{name}.yaml").write_text(CASES.format(name=name))
    return f"{name}.yaml"


def effects_of_a_run(command: Command, cases: str, *said: str) -> set[str]:
    """What the cloud did in a run whose one case passes."""
    done = command.run("run", cases, "--time-scale", "400", "--json", "out.json")
    assert done.returncode == 0, done.stdout + done.stderr
    for each in said:
        assert each in done.stdout + done.stderr
    (case,) = json.loads((command.folder / "out.json").read_text())["cases"]
    (run,) = (command.folder / "build" / "runs").iterdir()
    journal = run / case["artifacts"]["journal"]
    return {json.loads(line)["effect"] for line in journal.read_text().splitlines()}


def test_a_command_of_the_vendor_s_starts_it(command: Command) -> None:
    sample = assets.sample_app("charts-python")
    cases = written(command.folder, "mine", (sample / "app.yaml").read_text())
    shutil.copy(sample / "app.py", command.folder / "mine")
    effects = effects_of_a_run(command, cases)
    assert {"recorded", "bytes served"} <= effects


@contextmanager
def running(trusted: Path) -> Iterator[str]:
    """The app as a person starts it, before there is any stack; its address."""
    script = assets.sample_app("charts-python") / "app.py"
    environment = {"HOST": "127.0.0.1", "PORT": "0", "SSL_CERT_FILE": str(trusted)}
    with subprocess.Popen(
        [sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True
    ) as app:
        assert app.stdout
        try:
            yield app.stdout.readline().split()[-1]
        finally:
            app.terminate()


def test_it_runs_already_and_trusts_the_ca_that_is_kept_for_it(command: Command) -> None:
    with running(command.state / "own-ca" / CERTIFICATE) as address:
        half = f"cloud:\n  kind: url\n  key: charts-for-confluence\n  url: {address}\n"
        server = "server: {key: charts-plugin, source: ../charts/server}\n"
        cases = written(command.folder, "mine", f"name: Charts\n{server}{half}  health: /health\n")
        assert "bytes served" in effects_of_a_run(command, cases, "has to trust")
        # A run ends nothing that it did not start.
        assert httpx.get(f"{address}/health").is_success
