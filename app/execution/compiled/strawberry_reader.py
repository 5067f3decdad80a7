"""What strawberry adds to graphql-core: which of its resolvers only read an attribute, and which types classes have."""

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import partial
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.pyutils import is_awaitable
from strawberry.execution import optimized_is_awaitable
from strawberry.relay.types import GlobalID
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from strawberry.schema.types.base_scalars import isoformat
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from app.execution.batching import BATCHED, BatchedField
from app.execution.compiled.executor import Compiled
from app.execution.compiled.reading import Attribute, Batched, Call, Method, Reading
from app.execution.compiled.run import Run
from app.execution.compiled.sites import BatchedSite
from app.execution.definitions import definition_of
from app.execution.plain_fields import PLAIN_FIELD, PlainField

ISO_TYPES = {"DateTime": datetime, "Date": date, "Time": time}


class StrawberryReader:
    """Reads the values of a strawberry schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        own = schema._strawberry_schema  # type: ignore[attr-defined] # noqa: SLF001
        self._converter = own.schema_converter
        self._has_exception_handlers = bool(own.exception_handlers)
        self._resolved = frozenset(_names_with_info(schema))
        self._types_are_plain = all(map(_is_plain, map(definition_of, schema.type_map.values())))
        self._schema = schema

    def reading(self, field: GraphQLField, _name: str) -> Reading:
        """Where the field's value comes from."""
        own = definition_of(field)
        resolve = field.resolve
        assert resolve is not None
        if not isinstance(own, StrawberryField) or own.extensions or self._has_exception_handlers:
            return Call(resolve)
        plain = own.metadata.get(PLAIN_FIELD)
        if isinstance(plain, PlainField):
            return plain
        declaration = own.metadata.get(BATCHED)
        if isinstance(declaration, BatchedField):
            names = _names_of_leaves(field, own)
            return Batched(declaration, self._arguments if names is None else partial(_renamed, names))
        if type(own).get_result is not StrawberryField.get_result:
            return Call(resolve)
        if own.base_resolver is None:
            return Attribute(own.python_name) if own.default_resolver is getattr else Call(resolve)
        return Method(own.base_resolver.wrapped_func) if _needs_only_the_source(own) else Call(resolve)

    def resolver(self, field: GraphQLField) -> Callable[..., Any]:
        """The function that was written, where strawberry would do no more than to pass leaves on to it."""
        own, resolve = definition_of(field), field.resolve
        assert resolve is not None
        if not isinstance(own, StrawberryField) or own.extensions or self._has_exception_handlers:
            return resolve
        if type(own).get_result is not StrawberryField.get_result or own.base_resolver is None:
            return resolve
        if own.is_subscription:  # its function gives the stream; the value of the field is the event
            return resolve
        names = _names_of_leaves(field, own)
        return resolve if names is None else _called_at_once(own, names) or resolve

    def _arguments(self, run: Run, site: BatchedSite) -> dict[str, Any]:
        own: StrawberryField = definition_of(site.field)
        info: Info[Any, Any] = Info(_raw_info=run.info(site, None), _field=own)
        converter = self._converter
        return convert_arguments(run.arguments(site), own.arguments, converter.scalar_registry, converter.config, info)

    def type_of(self, cls: type, declared: GraphQLAbstractType | GraphQLObjectType) -> GraphQLObjectType | None:
        """The type that a class of the schema itself stands for, unless types are told in ways of their own."""
        if isinstance(declared, GraphQLObjectType) and declared.is_type_of is None:
            return declared
        definition = cls.__dict__.get("__strawberry_definition__")
        if not self._types_are_plain or not isinstance(definition, StrawberryObjectDefinition):
            return None
        if definition.is_graphql_generic or definition.concrete_of is not None:
            return None
        object_type = self._schema.type_map.get(self._converter.config.name_converter.from_type(definition))
        if not isinstance(object_type, GraphQLObjectType) or definition_of(object_type) is not definition:
            return None
        fits = declared is object_type or self._schema.is_sub_type(declared, object_type)  # type: ignore[arg-type]
        return object_type if fits else None

    def may_ask_for_paths(self, names: frozenset[str]) -> bool:
        """Whether a resolver that takes `info` is among them, or a type asks its values."""
        return not self._types_are_plain or self._has_exception_handlers or not self._resolved.isdisjoint(names)

    def mark(self, object_type: GraphQLObjectType) -> str | None:
        """`strawberry.cast` says that a value stands for another type than its class does."""
        in_union = any(
            isinstance(named, GraphQLUnionType) and object_type in named.types
            for named in self._schema.type_map.values()
        )
        return TYPE_CAST_ATTRIBUTE if in_union or object_type.interfaces else None

    def inline(self, leaf_type: GraphQLLeafType, named: Callable[[Any], str]) -> tuple[str, str] | None:
        """Times, and members of enums."""
        if isinstance(leaf_type, CustomGraphQLEnumType):
            names = _member_names(leaf_type)
            if names is None:
                return None
            return f"type({{v}}) is {named(leaf_type.wrapped_cls)}", f"{named(names)}[{{v}}._name_]"
        if leaf_type.coerce_output_value is isoformat and leaf_type.name in ISO_TYPES:
            return f"type({{v}}) is {named(ISO_TYPES[leaf_type.name])}", "{v}.isoformat()"
        return None


class OrjsonReader(StrawberryReader):
    """Leaves times in UTC to orjson, which writes them as `isoformat` does, in a tenth of the time."""

    def inline(self, leaf_type: GraphQLLeafType, named: Callable[[Any], str]) -> tuple[str, str] | None:
        """Times stay what they are."""
        if leaf_type.coerce_output_value is isoformat and leaf_type.name == "DateTime":
            return f"type({{v}}) is {named(datetime)} and {{v}}.tzinfo is {named(UTC)}", "{v}"
        return super().inline(leaf_type, named)


class CompiledStrawberryExecutor(Compiled, StrawberryGraphQLCoreExecutionContext):
    """For `strawberry.Schema(execution_context_class=…)`."""

    reader_class = StrawberryReader
    libraries = ("graphql-core", "strawberry-graphql")
    predicates = (is_awaitable, optimized_is_awaitable)


class CompiledForOrjson(CompiledStrawberryExecutor):
    """The same where nothing is done with the data of a result but to encode it by orjson."""

    reader_class = OrjsonReader


def _renamed(names: Mapping[str, str], run: Run, site: BatchedSite) -> dict[str, Any]:
    return {names[name]: value for name, value in run.arguments(site).items()}


def _called_at_once(own: StrawberryField, names: Mapping[str, str]) -> Callable[..., Any] | None:
    """Call a field's function; None where it asks for its parent by a name, or is no plain one."""
    resolver = own.base_resolver
    assert resolver is not None
    function, takes_source = resolver.wrapped_func, resolver.self_parameter is not None
    if resolver.parent_parameter or resolver.root_parameter or not inspect.isfunction(function):
        return None
    info_name = resolver.info_parameter.name if resolver.info_parameter else None

    def call(source: Any, info: Any, /, **arguments: Any) -> Any:
        named = {names[name]: value for name, value in arguments.items()}
        if info_name:
            named[info_name] = Info(_raw_info=info, _field=own)
        return function(source, **named) if takes_source else function(**named)

    return call


def _names_of_leaves(field: GraphQLField, own: StrawberryField) -> dict[str, str] | None:
    """The arguments' names in Python, if all are leaves, which strawberry passes on as they are."""
    names = {}
    for (name, argument), own_argument in zip(field.args.items(), own.arguments, strict=True):
        own_type = own_argument.type
        if isinstance(own_type, StrawberryOptional) and not isinstance(own_type, StrawberryMaybe):
            own_type = own_type.of_type
        if own_type is GlobalID or isinstance(own_type, StrawberryMaybe):
            return None
        if not is_leaf_type(get_nullable_type(argument.type)):
            return None
        names[name] = own_argument.python_name
    return names


def _names_with_info(schema: GraphQLSchema) -> set[str]:
    """The names of fields with resolvers that may be told their path, but for root fields: theirs is always there."""
    types = [named for named in schema.type_map.values() if isinstance(named, GraphQLObjectType | GraphQLInterfaceType)]
    returned = {get_named_type(field.type) for named in types for field in named.fields.values()}
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type} - returned
    return {
        name
        for named in types
        if named not in roots
        for name, field in named.fields.items()
        if isinstance(own := definition_of(field), StrawberryField) and not _is_read_without_info(own)
    }


def _is_read_without_info(own: StrawberryField) -> bool:
    if own.extensions or type(own).get_result is not StrawberryField.get_result:
        return False
    if BATCHED in own.metadata or PLAIN_FIELD in own.metadata:
        return True
    return own.default_resolver is getattr if own.base_resolver is None else _needs_only_the_source(own)


def _needs_only_the_source(own: StrawberryField) -> bool:
    resolver = own.base_resolver
    return (
        resolver is not None
        and resolver.self_parameter is not None
        and not own.arguments
        and not (resolver.info_parameter or resolver.parent_parameter or resolver.root_parameter)
    )


def _is_plain(definition: Any) -> bool:
    """Whether a type of the schema leaves it to strawberry to tell its values."""
    if not isinstance(definition, StrawberryObjectDefinition):
        return True
    return definition.is_type_of is None and definition.resolve_type is None


def _member_names(enum: CustomGraphQLEnumType) -> dict[str, str] | None:
    """The name in the schema of each member, by its name in Python; None where values are not told apart."""
    cls = enum.wrapped_cls
    if not issubclass(cls, Enum):
        return None
    return {member.name: enum.coerce_output_value(member) for member in cls}
