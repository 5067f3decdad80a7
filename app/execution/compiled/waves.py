"""Waves: what a level of the response waits for is awaited together, then the next level is completed."""

from asyncio import gather
from collections.abc import Awaitable, Hashable, Mapping, Sequence
from typing import Any

from app.execution.compiled.run import Abandoned, Run, Waiting
from app.execution.compiled.sites import Asked, BatchedSite


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
