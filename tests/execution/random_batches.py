"""Random batched fields, declared as app/execution/batching.py has it and served one by one through a DataLoader."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any

from graphql import GraphQLField, GraphQLResolveInfo, get_nullable_type, is_composite_type

from app.execution.batching import BATCHED, NOT_LOADED, BatchedField
from app.execution.plain_fields import Standing
from tests.execution.world import NUMBER_OR_NULL, THINGS, Fault, InjectedError, Key, World


def batch_by(field: GraphQLField, coordinate: str) -> None:
    """Declare a field as batched, in one of several forms, and give it the resolver that stands for it elsewhere."""
    name = coordinate.partition(".")[2]
    form = zlib.crc32(coordinate.encode())
    declaration = BatchedField(
        _batch(coordinate, packed=form % 3 == 0),
        key=f"key_{name}",
        arguments=_following if field.args else None,
        part=_part if form % 3 == 0 else None,
        preloaded=f"loaded_{name}" if form % 3 == 1 else None,
        repeats=f"key_{name}" if form % 2 else None,
        standing=_standing(name, form) if form % 7 < 3 and is_composite_type(get_nullable_type(field.type)) else None,
    )
    field.extensions = {BATCHED: declaration}
    field.resolve = _resolver(declaration)


def _standing(name: str, form: int) -> Standing:
    return Standing(THINGS, where=f"stands_{name}", present=NUMBER_OR_NULL if form % 5 < 3 else None)


def _batch(coordinate: str, *, packed: bool) -> Callable[..., Awaitable[Sequence[Any]]]:
    async def batch(world: World, keys: Sequence[Key], *following: Hashable) -> list[Any]:
        await asyncio.sleep(0)
        assert len(set(keys)) == len(keys)
        for fault in world.data.faults:
            if fault.field == coordinate and fault.kind.startswith("batch"):
                failed: list[Any] = _failed(fault, len(keys))
                return failed
        loaded = [world.loaded(key, *map(str, following)) for key in keys]
        values = [await _settled(value) for value in loaded]
        return [value if isinstance(value, Exception) or not packed else (value,) for value in values]

    return batch


async def _settled(value: Any) -> Any:
    """What becomes of a value; what is wrong with one is not wrong with those that happen to be loaded beside it."""
    try:
        return await value if asyncio.iscoroutine(value) else value
    except InjectedError as error:
        return error


def _failed(fault: Fault, length: int) -> Any:
    if fault.kind == "batch raises":
        raise InjectedError(f"the batch of {fault.field} raises")
    return None if fault.kind == "batch is none" else [1] * (length + 1)


def _following(**arguments: Any) -> tuple[Hashable, ...]:
    if arguments.get("n") == 1:
        raise InjectedError("n must not be 1")
    return (repr(sorted(arguments.items())),)


def _part(packed: Any) -> Any:
    return packed[0]


def _resolver(declaration: BatchedField) -> Callable[..., Any]:
    """As schema/loading.py makes it."""

    async def load(value: Awaitable[Any]) -> Any:
        return declaration.value(await value)

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        following = declaration.following(arguments)
        known = declaration.known(source)
        if known is not NOT_LOADED:
            return declaration.value(known)
        key = declaration.key_of(source)
        if key is None:
            return None
        value = asyncio.shield(info.context.load(declaration.batch, key, *following))
        return load(value) if declaration.part else value

    return resolve
