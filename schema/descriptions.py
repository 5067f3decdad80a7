"""Whether every element of the contract says what it is for."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_scalar_type,
)

ROOTS = {"Query", "Mutation", "Subscription"}


def undescribed(schema: GraphQLSchema) -> list[str]:
    """The elements without a description, such as `Message.seq` or `Query.node(id)`."""
    own = (t for t in schema.type_map.values() if not is_introspection_type(t) and not is_specified_scalar_type(t))
    return [name for named in own for name in _undescribed_in(named)]


def _undescribed_in(named: GraphQLNamedType) -> Iterator[str]:
    if not named.description and named.name not in ROOTS:
        yield named.name
    if isinstance(named, GraphQLEnumType):
        yield from (f"{named.name}.{name}" for name, value in named.values.items() if not value.description)
    if isinstance(named, GraphQLInputObjectType | GraphQLObjectType | GraphQLInterfaceType):
        yield from (f"{named.name}.{name}" for name, field in named.fields.items() if not field.description)
    if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in named.fields.items():
            arguments = field.args.items()
            yield from (f"{named.name}.{name}({argument})" for argument, each in arguments if not each.description)
