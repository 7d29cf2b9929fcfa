"""What the command itself says, besides its verbs."""

from importlib import metadata

from typer.testing import CliRunner

from harness.cli.main import app


def test_the_version_is_the_packages() -> None:
    shown = CliRunner().invoke(app, ["--version"])

    assert shown.exit_code == 0
    assert shown.output == f"migration-harness {metadata.version('migration-harness')}\n"
