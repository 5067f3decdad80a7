"""The variables of an operation, coerced by what was found out about them once."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from graphql.pyutils import Undefined
from graphql.utilities import coerce_input_value

EXACT: dict[Any, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
"""Types of values that are coerced to themselves, whatever they are."""


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        self._known: list[tuple[GraphQLVariableSignature, type | None]] | None = []
        """Their signatures, with the type whose values are coerced to themselves; None where one is out of the way."""
        for definition in self._definitions:
            signature = get_variable_signature(schema, definition)
            if self._known is None or isinstance(signature, GraphQLError) or _is_recursive(signature.type):
                self._known = None
            else:
                self._known.append((signature, EXACT.get(get_nullable_type(signature.type))))

    def values(self, inputs: Mapping[str, Any], max_errors: int) -> VariableValues | list[GraphQLError]:
        """The coerced values, or what is wrong with them: the same as graphql-core's `get_variable_values`."""
        values = self._good(inputs)
        if values is None:
            return get_variable_values(self._schema, self._definitions, dict(inputs), max_errors)
        return values

    def _good(self, inputs: Mapping[str, Any]) -> VariableValues | None:
        """The values, if all are good and none has to be taken from a default."""
        if self._known is None:
            return None
        values = VariableValues({}, {})
        for signature, exact in self._known:
            given = inputs.get(signature.name, Undefined)
            if given is Undefined:
                if signature.default is not None or isinstance(signature.type, GraphQLNonNull):
                    return None
                values.sources[signature.name] = VariableValueSource(signature)
                continue
            coerced = given if type(given) is exact else coerce_input_value(given, signature.type)
            if coerced is Undefined:
                return None
            values.sources[signature.name] = VariableValueSource(signature, given)
            values.coerced[signature.name] = coerced
        return values


def _is_recursive(input_type: GraphQLInputType, within: frozenset[str] = frozenset()) -> bool:
    """Whether values of a type may be nested without end, which graphql-core sees to."""
    named = get_named_type(input_type)
    if not isinstance(named, GraphQLInputObjectType):
        return False
    inner = within | {named.name}
    return named.name in within or any(_is_recursive(field.type, inner) for field in named.fields.values())
