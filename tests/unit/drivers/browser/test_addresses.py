import pytest

from harness.drivers.browser.migration_assistant import plan_id_in
from harness.drivers.browser.navigation import base_of
from harness.errors import DriverError


@pytest.mark.parametrize(
    ("url", "plan_id"),
    [
        ("http://h/plugins/servlet/ial/migration/plan?planId=a-1", "a-1"),
        ("/plugins/servlet/ial/migration/plan?x=1&planId=a%201", "a 1"),
        ("http://h/plugins/servlet/ial/migration/home#/plan?planid=a-1", "a-1"),
        ("http://h/#planId=a-1", "a-1"),
        ("http://h/plan?planId=", None),
        ("http://h/plan", None),
        ("", None),
    ],
)
def test_the_plan_id_is_read_from_an_address(url, plan_id):
    assert plan_id_in(url) == plan_id


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://h:8090/plugins/servlet/ial/migration/home", "http://h:8090"),
        ("https://h/wiki/admin/migration.action?x=/admin/", "https://h/wiki"),
        ("http://h/", "http://h"),
    ],
)
def test_the_base_is_what_stands_before_a_known_path(url, base):
    assert base_of(url) == base


def test_a_page_that_has_been_nowhere():
    with pytest.raises(DriverError):
        base_of("about:blank")
