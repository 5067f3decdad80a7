"""How input objects are made of what graphql-core has coerced, and mutations are called with them.

strawberry works out anew for each value how each of its fields is to be converted: a quarter of what this process does
for a send; and goes through five calls on the way to a resolver. Here it is worked out once for each type and field.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from functools import cache
from typing import Any, NamedTuple

from graphql import GraphQLInputObjectType, GraphQLResolveInfo, GraphQLSchema, get_nullable_type, is_leaf_type
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

Make = Callable[[type, Mapping[str, Any], InputContext], Any]


class Entry(NamedTuple):
    """One field of an input type: its names, and how its value is made, unless it is taken as it is."""

    graphql_name: str
    python_name: str
    convert: Callable[[Any, InputContext], Any] | None


def plan_inputs(schema: GraphQLSchema) -> None:
    """Have all input objects of a schema made by plan. It has to be without `Maybe` and strawberry's global ids."""
    for named in schema.type_map.values():
        if isinstance(named, GraphQLInputObjectType):
            definition: StrawberryObjectDefinition = (named.extensions or {})["strawberry-definition"]
            definition.from_input = _maker(named, definition)


def plan_mutations(schema: GraphQLSchema) -> None:
    """Have the root mutation fields with a required input called directly. None has other arguments or extensions."""
    converter = schema._strawberry_schema.schema_converter  # type: ignore[attr-defined] # noqa: SLF001
    for field in schema.mutation_type.fields.values() if schema.mutation_type else ():
        own: StrawberryField = (field.extensions or {})["strawberry-definition"]
        if not isinstance(own.arguments[0].type, StrawberryOptional):
            field.resolve = _caller(own, converter.config, converter.scalar_registry)


def _caller(own: StrawberryField, config: Any, scalars: Any) -> Callable[..., Any]:
    [argument] = own.arguments
    assert argument.python_name == "input"
    assert own.base_resolver
    assert not own.extensions
    input_type: Any = argument.type
    make: Make = input_type.__strawberry_definition__.from_input
    call: Any = own.base_resolver.wrapped_func

    def resolve(root: Any, raw_info: GraphQLResolveInfo[Any], *, input: Mapping[str, Any]) -> Any:
        info: Info[Any, Any] = Info(_raw_info=raw_info, _field=own)
        context = InputContext(info=info, config=config, scalar_registry=scalars, path=("input",))
        return call(root, info, input=make(input_type, input, context))

    return resolve


def _maker(named: GraphQLInputObjectType, definition: StrawberryObjectDefinition) -> Make:
    own_fields = definition.fields
    # As strawberry has it: what may be null and has no default is None where it is left out.
    nothing_given: dict[str, Any] = {
        own.python_name: None for own in own_fields if own.default_value is MISSING and own.default_factory is MISSING
    }

    @cache
    def entries() -> list[Entry]:
        fields = zip(named.fields.items(), own_fields, strict=True)
        return [Entry(name, own.python_name, _conversion(field.type, own, name)) for (name, field), own in fields]

    def make(cls: type, value: Mapping[str, Any], context: InputContext) -> Any:
        given = nothing_given.copy()
        for name, python_name, convert in entries():
            if name in value:
                given[python_name] = convert(value[name], context) if convert else value[name]
        return cls(**given)

    return make


def _conversion(graphql_type: Any, own: Any, name: str) -> Callable[[Any, InputContext], Any] | None:
    if is_leaf_type(get_nullable_type(graphql_type)):
        return None
    own_type = own.resolve_type()
    inner: Any = own_type.of_type if isinstance(own_type, StrawberryOptional) else own_type
    if isinstance(get_nullable_type(graphql_type), GraphQLInputObjectType):
        make = inner.__strawberry_definition__.from_input
        return lambda value, context: None if value is None else make(inner, value, context)
    return lambda value, context: context.convert(value, own_type, name)
