from pathlib import Path

from harness.engines.images import ca_bundle


def test_the_ca_bundle_is_the_first_file_that_the_usual_variables_name(tmp_path: Path) -> None:
    first, second = tmp_path / "first.pem", tmp_path / "second.pem"
    first.write_bytes(b"first")
    second.write_bytes(b"second")
    assert ca_bundle({"SSL_CERT_FILE": str(second), "PIP_CERT": str(first)}) == b"first"
    assert ca_bundle({"SSL_CERT_FILE": str(second), "PIP_CERT": "/no/such"}) == b"second"


def test_without_those_variables_there_is_no_bundle() -> None:
    assert ca_bundle({}) == b""
