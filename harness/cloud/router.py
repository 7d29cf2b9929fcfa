"""Finds the handler of a path in a tree of segments, so that more routes take no more time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from harness.cloud.call import Call, Outcome
from harness.cloud.world import World

Handler = Callable[[World, Call], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Route:
    """A path template, the names of its parameters, and its handlers by method."""

    template: str
    names: tuple[str, ...]
    handlers: dict[str, Handler]


_LONG = 200
"""Characters; a route's path has fewer than 100."""

Found = tuple[Route, Mapping[str, str]]
"""A route, and the values of its parameters by name."""


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    route: Route | None = None


class Router:
    """Routes by template, such as `/data/{s3Key}`; literal segments win over parameters."""

    def __init__(self) -> None:
        self._root = _Node()
        self.routes: list[Route] = []
        self._cached = lru_cache(maxsize=1024)(self._walk)

    def add(self, method: str, template: str, handler: Handler, *prefixes: str) -> None:
        """Adds a handler for a template, under each prefix if any are given.

        The journal shows the template with the first prefix.
        """
        shown = f"{prefixes[0] if prefixes else ''}{template}"
        names = tuple(part[1:-1] for part in template.split("/") if part.startswith("{"))
        for prefix in prefixes or ("",):
            node = self._root
            for segment in f"{prefix}{template}".split("/")[1:]:
                if segment.startswith("{"):
                    node.parameter = node.parameter or _Node()
                    node = node.parameter
                else:
                    node = node.literal.setdefault(segment, _Node())
            if node.route is None:
                node.route = Route(shown, names, {})
                self.routes.append(node.route)
            node.route.handlers[method] = handler

    def find(self, raw_path: str) -> Found | None:
        """The route of a raw path, and its parameters, percent-decoded once.

        Cached, since a transfer is polled and reported to many times. Long paths are not, so that
        nobody can fill the memory with them.
        """
        return (self._cached if len(raw_path) < _LONG else self._walk)(raw_path)

    def _walk(self, raw_path: str) -> Found | None:
        node, values = self._root, []
        for segment in raw_path.split("/")[1:]:
            following = node.literal.get(segment)
            if following is None:
                following = node.parameter
                if following is None or not segment:
                    return None
                values.append(unquote(segment) if "%" in segment else segment)
            node = following
        route = node.route
        return (route, dict(zip(route.names, values, strict=True))) if route else None
