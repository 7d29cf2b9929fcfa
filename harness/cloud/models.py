"""Turns a request's JSON into a model, or into a refusal that names the field."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from harness.cloud.call import Refusal
from harness.vocabulary.effects import Effect

M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], value: Any) -> M:
    """A model from JSON.

    Raises:
        Refusal: 400, with the field that is wrong.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Refusal(400, Effect.MALFORMED, f"{place}: {first['msg']}", field=place) from error
