"""Where the values of fields come from: in a plain graphql-core schema, and what a library built upon it may add."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLSchema,
    default_field_resolver,
)

from app.execution.batching import BATCHED, BatchedField
from app.execution.compiled.run import Run
from app.execution.compiled.sites import BatchedSite
from app.execution.plain_fields import PLAIN_FIELD, PlainField


@dataclass(frozen=True, slots=True)
class Attribute:
    """The attribute of this name, which every source has; what it holds is the value, even if it can be called."""

    name: str


@dataclass(frozen=True, slots=True)
class Property:
    """As graphql-core's default resolver: a key of a mapping or an attribute, null where there is none."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """A function of the source alone, which may return an awaitable."""

    function: Any


@dataclass(frozen=True, slots=True)
class Call:
    """A resolver: `(source, info, **arguments)`."""

    resolve: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Batched:
    """Loaded for many at once; `arguments` gives those of the declaration."""

    declaration: BatchedField
    arguments: Callable[[Run, BatchedSite], dict[str, Any]]


Reading = Attribute | Property | PlainField | Method | Call | Batched


class Reader(Protocol):
    """Knows how a schema's values are read."""

    def __init__(self, schema: GraphQLSchema) -> None: ...

    def reading(self, field: GraphQLField, name: str) -> Reading:
        """Where the field's value comes from."""

    def resolver(self, field: GraphQLField) -> Callable[..., Any]:
        """What to call for a root field: `(source, info, **arguments)`, as graphql-core calls the field's resolver."""

    def type_of(self, cls: type, declared: GraphQLAbstractType | GraphQLObjectType) -> GraphQLObjectType | None:
        """The type of all values of this class where the declared type is expected; None if the class can't tell."""

    def may_ask_for_paths(self, names: frozenset[str]) -> bool:
        """Whether a resolver of a field of one of these names, or of a type, may look at its path."""

    def mark(self, object_type: GraphQLObjectType) -> str | None:
        """An attribute that would make an exception of a value, although its class is known."""

    def inline(self, leaf_type: GraphQLLeafType, named: Callable[[Any], str]) -> tuple[str, str] | None:
        """A test of a value `{v}`, and what it is serialised as where the test holds; for types of a library's own.

        `named` gives a name to an object that is needed.
        """


class PlainReader:
    """Reads what graphql-core itself knows of; batched and plain fields are declared in a field's `extensions`."""

    def __init__(self, schema: GraphQLSchema) -> None:
        del schema

    def reading(self, field: GraphQLField, name: str) -> Reading:
        """Where the field's value comes from."""
        extensions = field.extensions or {}
        if isinstance(declaration := extensions.get(BATCHED), BatchedField):
            return Batched(declaration, Run.arguments)
        if isinstance(plain := extensions.get(PLAIN_FIELD), PlainField):
            return plain
        if field.resolve is None or field.resolve is default_field_resolver:
            return Property(name)
        return Call(field.resolve)

    def resolver(self, field: GraphQLField) -> Callable[..., Any]:
        """The field's own."""
        return field.resolve or default_field_resolver

    def type_of(self, _cls: type, declared: GraphQLAbstractType | GraphQLObjectType) -> GraphQLObjectType | None:
        """An object type without a predicate takes any value."""
        return declared if isinstance(declared, GraphQLObjectType) and declared.is_type_of is None else None

    def may_ask_for_paths(self, _names: frozenset[str]) -> bool:
        """Any resolver may."""
        return True

    def mark(self, _object_type: GraphQLObjectType) -> str | None:
        """Nothing is marked."""
        return None

    def inline(self, _leaf_type: GraphQLLeafType, _named: Callable[[Any], str]) -> tuple[str, str] | None:
        """There are none."""
        return None
