"""Writes the parts of a function that makes a response object: what is read, and the object itself."""

from typing import TYPE_CHECKING, Any, Self

from graphql import GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList

from app.execution.compiled.reading import Attribute, Property
from app.execution.compiled.run import Complete
from app.execution.compiled.sites import BatchedSite
from app.execution.compiled.sources import RowSource, Source
from app.execution.compiled.values import FieldPlace, ValueWriter
from app.execution.plain_fields import ColumnField, ComputedField, Expression
from app.execution.rows import RowClass

if TYPE_CHECKING:
    from app.execution.compiled.plan import Plan


class ObjectWriter(ValueWriter):
    """Collects the lines of a function and the objects that its names stand for.

    In what is written `o`, `run` and `path` are the arguments of `Complete`, `d` is the response object. The function
    begins with the lines in `_before`; then, for each object, come those with which its source opens, those that read,
    the response object, and what waits for it.
    """

    def __init__(self, plan: "Plan", object_type: GraphQLObjectType, cls: type | None, source: Source) -> None:
        super().__init__(plan)
        self._type = object_type
        self._cls = cls
        self._source = source
        self._before: list[str] = []
        self.reads: list[str] = []
        self._items: list[str] = []
        self.waits: list[str] = []
        self._response = "d"
        self._path = "path"

    def add_all(self, details: FieldDetailsList) -> None:
        """Add the fields that are selected."""
        raise NotImplementedError

    def function(self) -> Complete:
        """The function, compiled."""
        return self._function(self._type.name, "o", [*self._before, *self.made("return {}")])

    def made(self, form: str) -> list[str]:
        """Lines that make the response object, and use it in a line of this form."""
        made = [f"{self._response} = {self._display}", *self.waits] if self.waits else []
        return [*self._source.opening, *self.reads, *made, form.format(self._response if self.waits else self._display)]

    def _of_row(self, row_class: RowClass[Any], row: str, opening: list[str]) -> RowSource:
        """The object of a class with a row."""
        parts = {"row": row, **{name: self._source.opened(name) for name in row_class.shared}}
        return RowSource(opening, parts, self._named(row_class.make), self._variable("o"))

    def _same_row(self, row_class: RowClass[Any]) -> RowSource:
        """The row that is read, as that of an object of another class."""
        return self._of_row(row_class, self._source.opened("row"), self._source.opening)

    def _within(
        self, place: FieldPlace | BatchedSite, object_type: GraphQLObjectType, cls: type | None, source: Source
    ) -> Self:
        """A writer of what becomes part of the same function: a value that is read from what is at hand."""
        other = type(self)(self._plan, object_type, cls, source)
        other._names, other._numbers, other._before = self._names, self._numbers, self._before  # noqa: SLF001 - its own
        other._response, other._path = self._variable("d"), self._path_of(place.name)  # noqa: SLF001
        other.add_all(place.details)
        return other

    @property
    def response(self) -> str:
        """The response object, where what waits for it comes behind."""
        return f"({self._response} := {self._display})" if self.waits else self._display

    @property
    def _display(self) -> str:
        return f"{{{', '.join(self._items)}}}"

    def _read(self, reading: Attribute | Property | ColumnField | ComputedField) -> str:
        if isinstance(reading, Attribute):
            return self._source.attribute(reading.name)
        if isinstance(reading, Property):
            return self._source.field(reading.name)
        function = reading.compute if reading.serialised is True else reading.serialised or reading.compute
        held = [self._column(reading)] if isinstance(reading, ColumnField) else self._asked(reading.of)
        if isinstance(function, Expression):
            return function.written(held, self._named)
        return f"{self._named(function)}({', '.join(held)})" if function else held[0]

    def _column(self, reading: ColumnField) -> str:
        """An item of a row, which is read once for all of its columns."""
        return f"{self._source.opened(reading.row)}[{reading.column!r}]"

    def _asked(self, names: tuple[str, ...]) -> list[str]:
        """What a computed field is computed of."""
        return list(map(self._source.opened, names)) or [self._source.object]

    def _held(self, name: str | ColumnField | ComputedField) -> str:
        """What an object holds under a name that is none of a field."""
        return self._source.attribute(name) if isinstance(name, str) else self._read(name)

    def _path_of(self, name: str) -> str:
        return f"({self._path}, {name!r}, {self._type.name!r})" if self._plan.tracks_paths else "None"
