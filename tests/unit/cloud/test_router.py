from typing import Any

import pytest

from harness.cloud.router import Router


def router() -> Router:
    router = Router()
    for template in ("/data/{transferId}/all", "/data/{s3Key}", "/transfer/recent"):
        router.add("GET", template, _no_handler, "", "/wiki")
    return router


@pytest.mark.parametrize(
    ("path", "template", "params"),
    [
        ("/data/7/all", "/data/{transferId}/all", {"transferId": "7"}),
        ("/wiki/data/7", "/data/{s3Key}", {"s3Key": "7"}),
        ("/data/..%2f7", "/data/{s3Key}", {"s3Key": "../7"}),
        ("/transfer/recent", "/transfer/recent", {}),
    ],
)
def test_finds(path: str, template: str, params: dict[str, str]) -> None:
    found = router().find(path)
    assert found is not None
    assert (found[0].template, found[1]) == (template, params)


@pytest.mark.parametrize("path", ["/", "", "/data", "/data/", "/data//all", "/data/7/all/", "/x"])
def test_does_not_find(path: str) -> None:
    assert router().find(path) is None


async def _no_handler(*_: Any) -> Any:
    raise NotImplementedError
