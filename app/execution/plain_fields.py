"""Plain fields: values that need nothing but their object, declared as data so that nothing stands in between."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

PLAIN_FIELD: Final = "plain"
"""Under which a field's metadata hold its `ColumnField` or `ComputedField`."""


@dataclass(frozen=True, slots=True)
class ColumnField:
    """The value is the item `column` of what the parent's attribute `row` holds, which always has it."""

    row: str
    column: str


@dataclass(frozen=True, slots=True)
class ComputedField:
    """The value is what a function of the parent returns: never an awaitable.

    `serialised` may return what the value, which is then that of a leaf and never null, is in the response.
    """

    compute: Callable[[Any], Any]
    serialised: Callable[[Any], Any] | None = None
