"""Makes a model of a request's JSON, or a refusal that names the wrong field."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from harness.cloud.call import Refusal
from harness.cloud.egress import malformed
from harness.vocabulary.effects import Effect

M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], value: Any) -> M:
    """Makes a model of a JSON value.

    Raises:
        Refusal: 400; it names the wrong field.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Refusal(400, Effect.MALFORMED, f"{field}: {first['msg']}", field=field) from error


def check_address(name: str, url: str) -> None:
    """Checks the form of an address; whether it may be called is another question.

    Raises:
        Refusal: 400; it names the field.
    """
    if wrong := malformed(url):
        raise Refusal(400, Effect.MALFORMED, f"{name}: {wrong}", field=name)
