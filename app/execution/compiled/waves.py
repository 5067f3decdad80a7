"""Waves: what a level of the response waits for is awaited together, then the next level is completed."""

from asyncio import gather
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLField, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList

from app.execution.batching import Batch, BatchedField
from app.execution.compiled.run import Abandoned, Complete, Run


class Site(Protocol):
    """A field that may have to wait for its values; entries are `(response object, what is waited for, path)`."""

    def awaitables(self, entries: list[Any]) -> Iterable[Any]:
        """What resolvers have returned to be awaited."""

    def deliver(self, entries: list[Any], run: Run) -> None:
        """Complete the values that have come."""


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

    def awaitables(self, entries: list[Any]) -> Iterable[Any]:
        """What the resolver has returned."""
        return (awaitable for _, awaitable, _ in entries)

    def deliver(self, entries: list[Any], run: Run) -> None:
        """Complete what the awaitables gave, which has taken their place."""
        name, complete = self.name, self.complete
        for response, value, path in entries:
            response[name] = complete(value, run, path)


@dataclass(slots=True, eq=False)
class BatchedSite:
    """A field that is declared as batched. `arguments` turns its coerced arguments into those of the declaration."""

    name: str
    field: GraphQLField
    details: FieldDetailsList
    parent_type: GraphQLObjectType
    declaration: BatchedField
    arguments: Callable[[Run, "BatchedSite"], dict[str, Any]]
    complete: Complete

    def asked(self, run: Run) -> tuple[Batch, tuple[Hashable, ...]]:
        """The batch and what follows the keys."""
        following = run.once(self, lambda: self.declaration.following(self.arguments(run, self)))
        return self.declaration.batch, following

    def awaitables(self, _entries: list[Any]) -> Iterable[Any]:
        """Nothing has been started."""
        return ()

    def deliver(self, entries: list[Any], run: Run) -> None:
        """Complete what was loaded, each key once."""
        name, complete, value_of = self.name, self.complete, self.declaration.value
        values = run.loaded[self.asked(run)]
        done: dict[Hashable, Any] = {}
        for response, key, path in entries:
            if key not in done:
                done[key] = complete(value_of(values[key]), run, path)
            response[name] = done[key]


async def settle(run: Run) -> None:
    """Complete wave after wave until nothing waits."""
    while run.waiting:
        waiting = run.waiting
        loads = _loads(waiting, run)
        run.waiting = defaultdict(list)
        awaited = [(entries, index, entry[1]) for site, entries in waiting.items()
                   if isinstance(site, AwaitedSite) for index, entry in enumerate(entries)]  # fmt: skip
        results = await _all([*loads, *(awaitable for _, _, awaitable in awaited)])
        for (entries, index, _), value in zip(awaited, results[len(loads) :], strict=True):
            response, _, path = entries[index]
            entries[index] = (response, value, path)
        for site, entries in waiting.items():
            site.deliver(entries, run)


def _loads(waiting: dict[Site, list[Any]], run: Run) -> list[Awaitable[None]]:
    """One call for each batch, of the keys that are not loaded yet."""
    asked: dict[Hashable, dict[Hashable, None]] = {}
    for site, entries in waiting.items():
        if isinstance(site, BatchedSite):
            what = site.asked(run)
            known = run.loaded.setdefault(what, {})
            keys = asked.setdefault(what, {})
            for _, key, _ in entries:
                if key not in known:
                    keys[key] = None
    return [_load(run, what, list(keys)) for what, keys in asked.items() if keys]


async def _load(run: Run, what: Any, keys: list[Hashable]) -> None:
    batch, following = what
    values = await batch(run.context, keys, *following)
    if len(values) != len(keys):
        raise Abandoned
    run.loaded[what].update(zip(keys, values, strict=True))


async def _all(awaitables: Sequence[Awaitable[Any]]) -> Sequence[Any]:
    """The results of all. One that fails does not cancel the others: what they wait for may be shared."""
    if len(awaitables) == 1:
        return [await awaitables[0]]
    results = await gather(*awaitables, return_exceptions=True)
    if any(isinstance(result, BaseException) for result in results):
        raise Abandoned
    return results
