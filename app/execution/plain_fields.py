"""Plain fields: values that need nothing but their object, declared as data so that nothing stands in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Literal

from app.execution.rows import RowClass

PLAIN_FIELD: Final = "plain"
"""Under which a field's metadata hold its `PlainField`."""

Serialised = Callable[[Any], Any] | Literal[True] | None
"""A short way to what a value is in the response."""


class Expression:
    """A function, written as a Python expression of `{v}`, or of what is named: `Expression("{a} + 1", "a")`.

    Compiled execution takes the expression over: to call a function takes longer than what most of them do. Functions
    in it are given by their names, too.
    """

    __slots__ = ("_function", "_functions", "_names", "_text")

    def __init__(self, text: str, *names: str, **functions: Callable[..., Any]) -> None:
        self._text = text
        self._names = names or ("v",)
        self._functions = functions
        source = f"lambda {', '.join(self._names)}: {self.written(self._names, lambda function: function.__name__)}"
        called = {function.__name__: function for function in functions.values()}
        self._function: Callable[..., Any] = eval(source, called)  # noqa: S307 - a text of ours

    def __call__(self, *values: Any) -> Any:
        """The expression's value."""
        return self._function(*values)

    def of(self, *values: str) -> str:
        """The text of this one, which calls no functions, of these values: to be part of another's."""
        return self._text.format(**dict(zip(self._names, values, strict=True)))

    def written(self, values: Sequence[str], name: Callable[[Any], str]) -> str:
        """The expression of these values, each a variable or read as quickly; `name` names a function in it."""
        functions = {key: name(function) for key, function in self._functions.items()}
        return self._text.format(**dict(zip(self._names, values, strict=True)), **functions)


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
    """The value is what a function of the parent returns, or of the parent's attributes `of`: never an awaitable.

    `serialised` is as a column's.
    """

    compute: Callable[..., Any]
    serialised: Serialised = None
    of: tuple[str, ...] = ()

    def value(self, source: Any) -> Any:
        """The field's value."""
        return self.compute(*[getattr(source, name) for name in self.of]) if self.of else self.compute(source)


@dataclass(frozen=True, slots=True)
class ItselfField:
    """The value is the parent itself, which stands for an object of the field's type as well."""

    def value(self, source: Any) -> Any:
        """The field's value."""
        return source


@dataclass(frozen=True, slots=True)
class EitherField:
    """The value is what a function of the parent's row returns: never an awaitable.

    Where columns of the row have these values (None: nothing, or False), that is an object of this row class with the
    same row.
    """

    compute: Callable[[Any], Any]
    row_class: RowClass[Any]
    where: Mapping[Any, Any]

    def value(self, source: Any) -> Any:
        """The field's value."""
        return self.compute(source.row)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The parent's row is that of another object as well: what `RowClass.of` makes of the parent.

    So it is where the parent's attribute `where` (which may be one of an attribute's: `view.has_senders`) is true; and
    where the column `present` is null, that is null.
    """

    row_class: RowClass[Any]
    where: str
    present: str | int | None = None

    def holds(self, source: Any) -> bool:
        """Whether the parent's row is such a one."""
        return bool(attrgetter(self.where)(source))

    def value(self, source: Any) -> Any:
        """The other object, or None."""
        is_there = self.present is None or source.row[self.present] is not None
        return self.row_class.of(source) if is_there else None


@dataclass(frozen=True, slots=True)
class RowsField:
    """The value is a list of objects of a row class.

    Their rows are in the parent's attribute `rows`, and what they share in its attributes of the same names.
    """

    row_class: RowClass[Any]
    rows: str

    def value(self, source: Any) -> list[Any]:
        """The field's value."""
        make, shared = self.row_class.make, [getattr(source, name) for name in self.row_class.shared]
        return [make(row, *shared) for row in getattr(source, self.rows)]


PlainField = ColumnField | ComputedField | ItselfField | EitherField | RowsField
