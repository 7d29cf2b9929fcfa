"""A program that the user runs is reached, and never ended."""

from harness.engines.foreign import ForeignService


def test_its_address_says_where_it_is() -> None:
    app = ForeignService("cloud-app", "http://localhost:3000")
    assert (app.id, app.host, app.port("http")) == ("http://localhost:3000", "localhost", 3000)
    assert ForeignService("cloud-app", "http://here").port("http") == 80
    assert app.ended() is None
