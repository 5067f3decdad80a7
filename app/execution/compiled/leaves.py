"""How leaf values are serialised: inline where the exact type says that it can be done, else as graphql-core does."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)
from graphql.pyutils import Undefined, is_awaitable

from app.execution.compiled.run import Abandoned

PLAIN = frozenset({str, int, float, bool, dict, list, tuple, datetime, date, time, UUID, Decimal})
"""Types of values that are neither exceptions nor awaitable nor called by anyone."""

INLINE = {
    GraphQLString: "type({v}) is str",
    GraphQLID: "type({v}) is str",
    GraphQLInt: "type({v}) is int and -1073741823 <= {v} <= 1073741823",
    GraphQLFloat: "type({v}) is float and MINUS_INFINITY < {v} < INFINITY",
    GraphQLBoolean: "{v} is True or {v} is False",
}
"""When values of the built-in scalars are serialised as themselves. CPython compares ints of 30 bits faster."""

CONSTANTS = {"INFINITY": float("inf"), "MINUS_INFINITY": float("-inf")}


def leaf(leaf_type: GraphQLLeafType, *, nullable: bool, calls: bool) -> Callable[[Any], Any]:
    """A function that serialises any value; `calls` says that graphql-core would call a value that can be called."""
    coerce = leaf_type.coerce_output_value

    def serialise(value: Any) -> Any:
        if type(value) not in PLAIN:
            if value is None or value is Undefined:
                if nullable:
                    return None
                raise Abandoned
            if isinstance(value, Exception) or is_awaitable(value) or (calls and callable(value)):
                raise Abandoned
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise Abandoned
        return coerced

    return serialise
