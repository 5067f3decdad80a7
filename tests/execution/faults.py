"""What can be wrong with a field of a random example, by name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from graphql import GraphQLError, GraphQLOutputType, get_nullable_type, is_list_type
from graphql.pyutils import Undefined

from tests.execution.world import InjectedError, Maker, Thing

ODD_VALUES: tuple[Any, ...] = (
    "abc", "", "7", 7, 0, -1, 2**31, 2**53 + 1, -(10**30), 1.5, -0.0, 3.0, float("nan"), float("inf"), True, False,
    b"bytes", (), [], [1], ["a", None], {}, {"a": 1}, {1}, object, range(2),
)  # fmt: skip
"""What may stand where something else belongs."""


def _raise(maker: Maker, _wanted: GraphQLOutputType) -> Any:
    raise InjectedError(f"raised at {maker.origin[0]}")


def _raise_graphql_error(maker: Maker, _wanted: GraphQLOutputType) -> Any:
    raise GraphQLError(f"refused at {maker.origin[0]}", extensions={"code": "REFUSED", "n": maker.dice("n") % 3})


def _odd(maker: Maker, _wanted: GraphQLOutputType) -> Any:
    return ODD_VALUES[maker.dice("odd") % len(ODD_VALUES)]


async def _later(maker: Maker, wanted: GraphQLOutputType, *, failing: bool = False) -> Any:
    await asyncio.sleep(0)
    return _raise(maker, wanted) if failing else maker.value(wanted)


def _items(maker: Maker, wanted: GraphQLOutputType) -> tuple[list[Any], GraphQLOutputType]:
    """Where the field has a list, its items, at least one, and the type of each."""
    nullable = get_nullable_type(wanted)
    if not is_list_type(nullable):
        return [], wanted
    return [*maker.items(nullable.of_type, ()), maker.value(nullable.of_type, (99,))], nullable.of_type


def _with_item(put: Callable[[Maker, GraphQLOutputType], Any]) -> Callable[[Maker, GraphQLOutputType], Any]:
    """A fault of one item; where the field has no list, of its value."""

    def make(maker: Maker, wanted: GraphQLOutputType) -> Any:
        items, item_type = _items(maker, wanted)
        if not items:
            return put(maker, wanted)
        items[maker.dice("which") % len(items)] = put(maker, item_type)
        return items

    return make


def _generator(maker: Maker, wanted: GraphQLOutputType, *, failing: bool = False) -> Any:
    items, item_type = _items(maker, wanted)

    def generate() -> Iterator[Any]:
        yield from items
        if failing:
            _raise(maker, item_type)

    return generate() if items else maker.value(wanted)


def _async_generator(maker: Maker, wanted: GraphQLOutputType) -> Any:
    items, _item_type = _items(maker, wanted)

    async def generate() -> AsyncIterator[Any]:
        for item in items:
            await asyncio.sleep(0)
            yield item

    return generate() if items else maker.value(wanted)


BATCH_FAULTS = ("batch raises", "batch is short", "batch is none")
"""Faults of a whole batch; other fields do not have them."""

FAULTS: dict[str, Callable[[Maker, GraphQLOutputType], Any]] = {
    "raise": _raise,
    "refuse": _raise_graphql_error,
    "none": lambda _maker, _wanted: None,
    "undefined": lambda _maker, _wanted: Undefined,
    "exception": lambda maker, _wanted: InjectedError(f"held at {maker.origin[0]}"),
    "odd": _odd,
    "awaitable": _later,
    "awaitable raises": lambda maker, wanted: _later(maker, wanted, failing=True),
    "item none": _with_item(lambda _maker, _wanted: None),
    "item exception": _with_item(lambda maker, _wanted: InjectedError(f"item of {maker.origin[0]}")),
    "item odd": _with_item(_odd),
    "item awaitable": _with_item(_later),
    "item awaitable raises": _with_item(lambda maker, wanted: _later(maker, wanted, failing=True)),
    "tuple": lambda maker, wanted: tuple(_items(maker, wanted)[0]) or maker.value(wanted),
    "generator": _generator,
    "generator raises": lambda maker, wanted: _generator(maker, wanted, failing=True),
    "async generator": _async_generator,
    "nowhere": lambda maker, _wanted: Thing.of(maker.world, "Nowhere", maker.dice("nowhere"), maker.depth),
    **dict.fromkeys(BATCH_FAULTS, lambda maker, wanted: maker.value(wanted)),
    "another type": lambda maker, _wanted: Thing.of(maker.world, "Query", maker.dice("another"), maker.depth),
}
