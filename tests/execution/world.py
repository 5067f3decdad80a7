"""The data of a random example: what each field of each object holds, and what is wrong with it.

Everything follows from a seed, the object, the field and its arguments, never from the order in which things are asked
for: two executions, or one that asks twice, find the same.
"""

import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_non_null_type,
)
from strawberry.dataloader import DataLoader

from app.execution.batching import BATCHED, NOT_LOADED
from app.execution.plain_fields import PLAIN_FIELD, RowsField
from app.execution.rows import RowClass

DEPTH = 5
"""Levels of objects after which lists are empty and what may be null is."""


class Text(str):
    """A string that is not exactly one, as enumerations of strings are."""

    __slots__ = ()


class Number(int):
    """The same for ints."""


class Thing:
    """An object whose attributes are its fields; its row is what a database would give."""

    world: "World"
    row: tuple[str, int, int, int | None]

    @classmethod
    def of(cls, world: "World", type_name: str, number: int, depth: int) -> "Thing":
        """The object of this number."""
        return THINGS.make((type_name, number, depth, number if number % 3 else None), world)

    @property
    def type_name(self) -> str:
        """The name of its type."""
        return self.row[0]

    @property
    def number(self) -> int:
        """Which it is."""
        return self.row[1]

    @property
    def depth(self) -> int:
        """How many levels of objects it is below the root."""
        return self.row[2]

    _Thing__typename = type_name

    def __getattr__(self, name: str) -> Any:
        """An attribute that is asked for the first time: it stays what it is."""
        value: Any
        if name.startswith("key_"):
            value = self.world.key(self, name.removeprefix("key_"))
        elif name.startswith("loaded_"):
            value = self.world.preloaded(self, name.removeprefix("loaded_"))
        elif name.startswith("rows_"):
            value = self.world.rows(self, name.removeprefix("rows_"))
        elif name.startswith("stands_"):
            value = self.world.dice(name, self.number) % 4 == 0
        elif name in self.world.fields_of(self.type_name):
            value = self.world.plain_value(self, name)
        else:
            raise AttributeError(name)
        setattr(self, name, value)
        return value

    def __repr__(self) -> str:
        return f"<{self.type_name} {self.number}>"


THINGS = RowClass(Thing, "world")
NUMBER_OR_NULL = 3
"""The column that one in three rows lacks."""


@dataclass(frozen=True)
class Fault:
    """Something wrong with a field: of every so many-th object, or of all where `every` is 1."""

    field: str
    kind: str
    every: int = 1


@dataclass(frozen=True)
class Data:
    """What a world follows from."""

    seed: int
    faults: tuple[Fault, ...] = ()


class InjectedError(Exception):
    """What faults raise."""


@dataclass
class World:
    """The `info.context` of a random example. `calls` are the root resolvers that ran, in order.

    An object that was loaded by a key may be completed once for all that name the key, so that resolvers below batched
    fields must not answer by their path: `tells_paths` is False where there are any.
    """

    schema: GraphQLSchema
    data: Data
    kinds: Mapping[str, Callable[["Maker", GraphQLOutputType], Any]]
    tells_paths: bool = True
    calls: list[str] = field(default_factory=list)
    loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    def load(self, batch: Callable[..., Awaitable[Sequence[Any]]], key: Any, *following: Any) -> Awaitable[Any]:
        """Load by a batch, through a DataLoader."""
        if (batch, following) not in self.loaders:

            async def load_all(keys: list[Any]) -> Sequence[Any]:
                return await batch(self, keys, *following)

            self.loaders[batch, following] = DataLoader(load_fn=load_all)
        return self.loaders[batch, following].load(key)

    def fields_of(self, type_name: str) -> Mapping[str, Any]:
        """The fields of an object type; none of one that the schema does not have."""
        found = self.schema.get_type(type_name)
        return found.fields if isinstance(found, GraphQLObjectType) else {}

    def has_batches(self, type_name: str) -> bool:
        """Whether objects of a type need attributes to be loaded by, as such or as what else they stand for."""
        known, waiting = {type_name}, [type_name]
        while waiting:
            for found in self.fields_of(waiting.pop()).values():
                if BATCHED in found.extensions or isinstance(found.extensions.get(PLAIN_FIELD), RowsField):
                    return True
                if PLAIN_FIELD in found.extensions:
                    others = [name for name in self.possible(found.type) if name not in known]
                    known.update(others)
                    waiting += others
        return False

    def possible(self, wanted: GraphQLOutputType | GraphQLNamedType) -> list[str]:
        """The object types that a value may have."""
        named = get_named_type(wanted)
        return (
            [each.name for each in self.schema.get_possible_types(named)] if is_abstract_type(named) else [named.name]
        )

    def dice(self, *what: object) -> int:
        """A number that looks random and is always the same for the same things."""
        return zlib.crc32(repr((self.data.seed, *what)).encode())

    def fault_of(self, thing: Thing, name: str) -> Fault | None:
        """What is wrong with a field of this object."""
        coordinate = f"{thing.type_name}.{name}"
        for fault in self.data.faults:
            if fault.field == coordinate and self.dice("fault", thing.number, fault.kind) % fault.every == 0:
                return fault
        return None

    def plain_value(self, thing: Thing, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """What a field holds, right or wrong; raises where the fault is to raise."""
        arguments = dict(sorted((arguments or {}).items()))
        maker = Maker(self, thing.depth + 1, f"{thing.type_name}.{name}", thing.number, repr(arguments))
        fault = self.fault_of(thing, name)
        field_type = self.fields_of(thing.type_name)[name].type
        return self.kinds[fault.kind](maker, field_type) if fault else maker.value(field_type)

    def key(self, thing: Thing, name: str) -> "Key | None":
        """What a batched field of an object is loaded by; None for one in five."""
        lacks = self.dice("key", thing.number, name) % 5 == 0
        return None if lacks else Key(thing.type_name, name, thing.number, thing.depth)

    def preloaded(self, thing: Thing, name: str) -> Any:
        """What one in five objects comes with, so that it need not be loaded."""
        key = self.key(thing, name)
        return self.loaded(key) if key and self.dice("preloaded", thing.number, name) % 5 == 0 else NOT_LOADED

    def rows(self, thing: Thing, name: str) -> list[Any]:
        """The rows of a list of objects."""
        wanted: Any = get_nullable_type(self.fields_of(thing.type_name)[name].type)
        maker = Maker(self, thing.depth + 1, "rows", name, thing.number, nests=False)
        things = maker.items(GraphQLNonNull(get_nullable_type(wanted.of_type)), ())
        return [None if self.fault_of(thing, name) else each.row for each in things]

    def loaded(self, key: "Key", arguments: str = "{}") -> Any:
        """What a batch holds for a key; where it fails, an exception."""
        try:
            return self.plain_value(
                Thing.of(self, key.type_name, key.number, key.depth), key.name, {"given": arguments}
            )
        except Exception as error:  # noqa: BLE001
            return error


class Key(NamedTuple):
    """A field of an object, to be loaded."""

    type_name: str
    name: str
    number: int
    depth: int


class Maker:
    """Makes the values of one field of one object."""

    def __init__(self, world: World, depth: int, *origin: object, nests: bool = True) -> None:
        self.world, self.depth, self.origin, self.nests = world, depth, origin, nests

    def dice(self, *what: object) -> int:
        """A number that belongs to this field of this object."""
        return self.world.dice(*self.origin, *what)

    def value(self, wanted: GraphQLOutputType, index: tuple[int, ...] = ()) -> Any:
        """A value of this type with nothing wrong."""
        if not is_non_null_type(wanted) and (self.depth > DEPTH or self.dice("null", index) % 9 == 0):
            return None
        nullable = get_nullable_type(wanted)
        if isinstance(nullable, GraphQLList):
            return self.items(nullable.of_type, index)
        if isinstance(nullable, GraphQLEnumType):
            return self.dice("enum", index) % len(nullable.values)
        if nullable.name in LEAVES:
            return LEAVES[nullable.name](self.dice("leaf", index))
        return self.thing(nullable, index)

    def items(self, wanted: GraphQLOutputType, index: tuple[int, ...]) -> list[Any]:
        """A list of up to three."""
        length = 0 if self.depth > DEPTH else self.dice("length", index) % 4
        return [self.value(wanted, (*index, position)) for position in range(length)]

    def thing(self, wanted: GraphQLNamedType, index: tuple[int, ...]) -> Any:
        """An object of this type, or of one that it may be: one in three is a dict, but none within a dict."""
        names = self.world.possible(wanted) or ["Nowhere"]
        name = names[self.dice("type", index) % len(names)]
        thing = Thing.of(self.world, name, self.dice("thing", index) % 12, self.depth)
        is_dict = self.nests and self.dice("dict", index) % 3 == 0
        return self.as_dict(thing) if is_dict and not self.world.has_batches(name) else thing

    def as_dict(self, thing: Thing) -> dict[str, Any]:
        """The same object as a dict. What is wrong, and one in eight values, is given by functions."""

        def getter(name: str) -> Callable[..., Any]:
            return lambda _info, **arguments: self.world.plain_value(thing, name, arguments)

        values: dict[str, Any] = {"__typename": thing.type_name, "__thing": thing}
        for name, found in self.world.fields_of(thing.type_name).items():
            maker = Maker(self.world, thing.depth + 1, "in a dict", name, thing.number, nests=False)
            is_given = self.world.fault_of(thing, name) or maker.dice("given") % 8 == 0
            values[name] = getter(name) if is_given else maker.value(found.type)
        return values


LEAVES: dict[str, Callable[[int], Any]] = {
    "Int": lambda dice: Number(dice % 7) if dice % 5 == 0 else dice % 2**31,
    "Float": lambda dice: dice if dice % 5 == 0 else dice / 7,
    "String": lambda dice: Text(f"t{dice}") if dice % 5 == 0 else ["", "plain", "ünïcode ✓", '"\\\n'][dice % 4],
    "Boolean": lambda dice: dice % 2 == 0,
    "ID": lambda dice: dice if dice % 3 == 0 else f"id{dice}",
    "Stamp": lambda dice: dice,
}
