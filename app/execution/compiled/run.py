"""The state of one compiled completion."""

import logging
from asyncio import iscoroutine
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path

if TYPE_CHECKING:
    from app.execution.compiled.sites import AwaitedSite, BatchedSite

logger = logging.getLogger(__name__)

Loaded = dict[Hashable, dict[Hashable, Any]]
"""What was loaded: by batch and what follows the keys, then by key."""

Complete = Callable[[Any, "Run", Any], Any]
"""Completes a value: `(value, run, path)`. Raises where it is not the plain success case."""

Waiting = defaultdict[Hashable, list[tuple[dict[str, Any], Any]]]
"""The response objects that wait for a field, with their paths, by the key of what is loaded."""

IMMUTABLE = frozenset({str, int, float, bool, type(None)})


class Abandoned(Exception):  # noqa: N818 - no error: the value is none of those that are compiled for
    """graphql-core has to complete the value."""


class Place(Protocol):
    """A field of the operation, for its resolver's `info`."""

    @property
    def field(self) -> GraphQLField:
        """The field of the schema."""

    @property
    def details(self) -> FieldDetailsList:
        """The nodes that select it."""

    @property
    def parent_type(self) -> GraphQLObjectType:
        """The type that it is selected on."""


class Execution(Protocol):
    """What is asked of an executor; one that can do no more than this is made much faster than graphql-core's own."""

    context_value: Any
    root_value: Any
    variable_values: VariableValues
    hide_suggestions: bool
    is_awaitable: Any

    def build_resolve_info(self, *args: Any) -> GraphQLResolveInfo[Any]:
        """What a resolver is told: `(field, nodes, parent_type, path)`."""

    def as_executor(self) -> Executor[Any]:
        """An executor that has not executed anything yet."""


class Run:
    """What the generated functions share while they complete one root value.

    `done` holds what preloaded values that repeat were completed to, by site and what tells them apart. What the next
    wave brings is in `awaited`, as (site, response object, awaitable, path), and in `keyed`, by site and key. Paths are
    tuples like graphql-core's `Path`, or None where nothing in the operation can ask for one.
    """

    __slots__ = ("_arguments", "awaited", "context", "done", "executor", "is_awaitable", "keyed", "loaded")

    def __init__(self, executor: Execution, loaded: Loaded) -> None:
        self.executor = executor
        self.context = executor.context_value
        self.is_awaitable = executor.is_awaitable
        self.loaded = loaded
        self.done: defaultdict[BatchedSite, dict[Hashable, Any]] = defaultdict(dict)
        self.wait_anew()
        self._arguments: dict[Place, dict[str, Any]] = {}

    def wait_anew(self) -> None:
        """Begin the next wave."""
        self.awaited: list[tuple[AwaitedSite, dict[str, Any], Any, Any]] = []
        self.keyed: defaultdict[BatchedSite, Waiting] = defaultdict(_waiting)

    def arguments(self, place: Place) -> dict[str, Any]:
        """The coerced arguments of a field, computed once unless a resolver could change them."""
        known = self._arguments.get(place)
        if known is not None:
            return known
        node = place.details[0].node
        executor = self.executor
        found = get_argument_values(place.field, node, executor.variable_values, None, executor.hide_suggestions)
        if all(type(value) in IMMUTABLE for value in found.values()):
            self._arguments[place] = found
        return found

    def info(self, place: Place, path: Any) -> GraphQLResolveInfo[Any]:
        """What graphql-core would tell the field's resolver."""
        nodes = [details.node for details in place.details]
        return self.executor.build_resolve_info(place.field, nodes, place.parent_type, as_path(path))

    def discard(self) -> None:
        """Close what was started and will not be awaited."""
        for _, _, awaitable, _ in self.awaited:
            if iscoroutine(awaitable):
                awaitable.close()
        self.wait_anew()


def log_abandoned(path: Path, reason: Exception) -> None:
    """Say that graphql-core has to complete the value of a root field."""
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("left the value of %s to graphql-core", path.key, exc_info=reason)


def _waiting() -> Waiting:
    return defaultdict(list)


def as_path(path: Any) -> Any:
    """A path as graphql-core knows it; None is the parent of a root field's."""
    if path is None or type(path) is Path:
        return path
    prev, key, typename = path
    return Path(as_path(prev), key, typename)
