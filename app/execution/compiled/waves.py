"""Waves: what a level of the response waits for is awaited together, then the next level is completed."""

import dataclasses
from asyncio import gather
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, ListValueNode, ObjectValueNode, ValueNode, VariableNode
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Undefined

from app.execution.batching import Ahead, Batch, BatchedField
from app.execution.compiled.run import Abandoned, Complete, Run, Waiting

Asked = tuple[Batch, tuple[Hashable, ...]]
"""A batch, and what follows its keys."""

EXACT = frozenset({str, int, bool, type(None), type(Undefined)})
"""Types whose equal values are the same to everybody."""

CHOICES_MAX = 16
"""For how many choices of variables it is kept what a field asks for. Most begin a list with the same one."""
LENGTH_MAX = 128
"""Characters of a variable that is kept: as many as cursors have, so that nobody fills the memory with longer ones."""


@dataclass(slots=True, eq=False)
class AwaitedSite:
    """A field whose resolver may return an awaitable."""

    name: str
    field: GraphQLField
    details: FieldDetailsList
    parent_type: GraphQLObjectType
    resolve: Callable[..., Any]
    complete: Complete

    def call(self, source: Any, run: Run, path: Any) -> Any:
        """Call the resolver as graphql-core would."""
        return self.resolve(source, run.info(self, path), **run.arguments(self))


@dataclass(slots=True, eq=False)
class BatchedSite:
    """A field that is declared as batched. `arguments` turns its coerced arguments into those of the declaration.

    `ahead` is the field below it that the declaration looks ahead to, if it is selected. `names` are those of all
    fields below this one.
    """

    name: str
    field: GraphQLField
    details: FieldDetailsList
    parent_type: GraphQLObjectType
    declaration: BatchedField
    arguments: Callable[[Run, "BatchedSite"], dict[str, Any]]
    complete: Complete
    ahead: "BatchedSite | None"
    names: frozenset[str]
    variables: tuple[str, ...] = dataclasses.field(init=False)
    """Those that decide what is asked for."""
    _known: dict[tuple[Any, ...], Asked] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {name for argument in self.details[0].node.arguments or () for name in _variables(argument.value)}
        self.variables = tuple(sorted(own.union(self.ahead.variables if self.ahead else ())))

    def asked(self, run: Run) -> Asked:
        """The batch and what follows the keys: found out once for the same values of the variables."""
        choice = self._choice(run) if self.variables else ()
        if choice is None:
            return self._asked(run)
        known = self._known.get(choice)
        if known is None:
            known = self._asked(run)
            if len(self._known) == CHOICES_MAX:
                self._known.clear()
            self._known[choice] = known
        return known

    def _choice(self, run: Run) -> tuple[Any, ...] | None:
        """The values of the variables, with their types, as True == 1; None where they are not to be kept."""
        coerced = run.executor.variable_values.coerced
        values = [coerced.get(name, Undefined) for name in self.variables]
        types = list(map(type, values))
        if not EXACT.issuperset(types) or any(type(value) is str and len(value) > LENGTH_MAX for value in values):
            return None
        return (*types, *values)

    def _asked(self, run: Run) -> Asked:
        declaration, ahead = self.declaration, self.ahead
        following = declaration.following(self.arguments(run, self))
        if declaration.ahead:
            following = *following, Ahead(ahead.asked(run)[1], ahead.names) if ahead else None
        if declaration.shown:
            following = *following, declaration.shown(self.names)
        return declaration.batch, following


def _variables(value: ValueNode) -> set[str]:
    """The names of the variables within a value."""
    match value:
        case VariableNode():
            return {value.name.value}
        case ListValueNode():
            return set().union(*map(_variables, value.values))
        case ObjectValueNode():
            return set().union(*(_variables(field.value) for field in value.fields))
    return set()


async def settle(run: Run) -> None:
    """Complete wave after wave until nothing waits."""
    while run.awaited or run.keyed:
        awaited, keyed = run.awaited, run.keyed
        asked = {site: site.asked(run) for site in keyed}
        loads = _loads(run, keyed, asked)
        run.wait_anew()
        results = await _all([*loads, *(awaitable for _, _, awaitable, _ in awaited)])
        for (called, response, _, path), value in zip(awaited, results[len(loads) :], strict=True):
            response[called.name] = called.complete(value, run, path)
        for site, waiting in keyed.items():
            _deliver(run, site, waiting, run.loaded[asked[site]])


def _deliver(run: Run, site: BatchedSite, waiting: Waiting, values: Mapping[Hashable, Any]) -> None:
    """Complete what was loaded, each key once."""
    name, complete, part = site.name, site.complete, site.declaration.part
    loaded = map(values.__getitem__, waiting)
    for responses, value in zip(waiting.values(), map(part, loaded) if part else loaded, strict=True):
        completed = complete(value, run, responses[0][1])
        for response, _ in responses:
            response[name] = completed


def _loads(run: Run, keyed: Mapping[BatchedSite, Waiting], asked: Mapping[BatchedSite, Asked]) -> list[Awaitable[None]]:
    """One call for each batch, of the keys that are not loaded yet."""
    keys: dict[Asked, dict[Hashable, None]] = {}
    for site, waiting in keyed.items():
        keys.setdefault(asked[site], {}).update(dict.fromkeys(waiting))
    loads: list[Awaitable[None]] = []
    for what, wanted in keys.items():
        known = run.loaded.setdefault(what, {})
        missing = [key for key in wanted if key not in known] if known else list(wanted)
        if missing:
            loads.append(_load(run, what, missing))
    return loads


async def _load(run: Run, what: Asked, keys: list[Hashable]) -> None:
    batch, following = what
    values = await batch(run.context, keys, *following)
    if len(values) != len(keys):
        raise Abandoned
    run.loaded[what].update(zip(keys, values, strict=True))


async def _all(awaitables: Sequence[Awaitable[Any]]) -> Sequence[Any]:
    """The results of all. The first that fails is not waited past, nor are the others cancelled: they may be shared."""
    if len(awaitables) == 1:
        return [await awaitables[0]]
    return await gather(*awaitables)
