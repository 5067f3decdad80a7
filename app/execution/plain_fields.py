"""Plain fields: values that need nothing but their object, declared as data so that nothing stands in between."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

PLAIN_FIELD: Final = "plain"
"""Under which a field's metadata hold its `PlainField`."""

Serialised = Callable[[Any], Any] | Literal[True] | None
"""A short way to what a value is in the response."""


@dataclass(frozen=True, slots=True)
class ColumnField:
    """The value is the item `column` of what the parent's attribute `row` holds, which always has it.

    A column is named, or told by its place, which takes half as long. `compute` makes the value of what it holds, never
    an awaitable; `serialised` makes at once what that value, then a leaf's, is in the response, or is True where it is
    shown as it is: it is not checked.
    """

    row: str
    column: str | int
    compute: Callable[[Any], Any] | None = None
    serialised: Serialised = None

    def value(self, source: Any) -> Any:
        """The field's value."""
        held = getattr(source, self.row)[self.column]
        return self.compute(held) if self.compute else held


@dataclass(frozen=True, slots=True)
class ComputedField:
    """The value is what a function of the parent returns: never an awaitable.

    `serialised` is as a column's.
    """

    compute: Callable[[Any], Any]
    serialised: Serialised = None

    def value(self, source: Any) -> Any:
        """The field's value."""
        return self.compute(source)


@dataclass(frozen=True, slots=True)
class ItselfField:
    """The value is the parent itself, which stands for an object of the field's type as well."""

    def value(self, source: Any) -> Any:
        """The field's value."""
        return source


@dataclass(frozen=True, slots=True)
class EitherField:
    """The value is what a function of the parent returns: never an awaitable.

    Where columns of what the attribute `row` holds have these values (None: nothing, or False), that is an object of
    the class `cls` with the same row, for which the parent itself stands as well.
    """

    compute: Callable[[Any], Any]
    cls: type
    row: str
    where: Mapping[Any, Any]

    def value(self, source: Any) -> Any:
        """The field's value."""
        return self.compute(source)


PlainField = ColumnField | ComputedField | ItselfField | EitherField
