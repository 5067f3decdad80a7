"""Writes the Python function that completes the objects of one type with one selection."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLNonNull, GraphQLObjectType, get_nullable_type
from graphql.execution.collect_fields import FieldDetailsList

from app.execution.compiled.reading import Attribute, Batched, Call, Method, Property
from app.execution.compiled.run import Complete
from app.execution.compiled.sources import ObjectSource, RowSource, Source
from app.execution.compiled.values import FieldPlace, ValueWriter, indented
from app.execution.compiled.waves import AwaitedSite, BatchedSite
from app.execution.plain_fields import ColumnField, ComputedField, EitherField, Expression, ItselfField, Standing
from app.execution.rows import RowClass

if TYPE_CHECKING:
    from app.execution.compiled.plan import Plan


def write(
    plan: "Plan", object_type: GraphQLObjectType, details: FieldDetailsList, cls: type | None, *, is_mapping: bool
) -> Complete:
    """The function for these selections on values of this type.

    They are mappings or have attributes; with `cls`, all are of this class, which stands for the type.
    """
    writer = Writer(plan, object_type, cls)
    writer.read_object(is_mapping=is_mapping)
    writer.add_all(details)
    return writer.function()


def write_rows(
    plan: "Plan", object_type: GraphQLObjectType, details: FieldDetailsList, row_class: RowClass[Any]
) -> Complete:
    """The function for these selections on all the rows of a list, whose class stands for the type."""
    writer = Writer(plan, object_type, row_class.cls)
    writer.read_rows(row_class)
    writer.add_all(details)
    return writer.function_of_rows()


class Writer(ValueWriter):
    """Collects the lines of a function and the objects that its names stand for.

    In what is written `run` and `path` are arguments of `Complete`, `d` is the response object.
    """

    _source: Source

    def __init__(self, plan: "Plan", object_type: GraphQLObjectType, cls: type | None) -> None:
        super().__init__(plan)
        self._type = object_type
        self._cls = cls
        self._before: list[str] = []
        """Lines for all objects, and, in `_opening`, those that each begins with."""
        self._opening: list[str] = []
        self._reads: list[str] = []
        self._items: list[str] = []
        self._waits: list[str] = []
        self._response = "d"
        self._path = "path"

    def read_object(self, *, is_mapping: bool) -> None:
        """Read an object, the function's argument `o`."""
        self._source = ObjectSource(self._opening, is_mapping=is_mapping)

    def read_rows(self, row_class: RowClass[Any]) -> None:
        """Read each of the rows in turn of `Rows`, the function's argument `v`."""
        if row_class.shared:
            self._before.append(f"{' '.join(f'shared_{name},' for name in row_class.shared)} = v.shared")
        parts = {"row": "row", **{name: f"shared_{name}" for name in row_class.shared}}
        self._source = RowSource(self._opening, parts, self._named(row_class.make), "o")

    def _same_row(self, row_class: RowClass[Any]) -> RowSource:
        """The row that is read, as that of an object of another class."""
        parts = {name: self._source.opened(name) for name in ("row", *row_class.shared)}
        return RowSource(self._opening, parts, self._named(row_class.make), self._variable("o"))

    def _as_another(
        self, place: FieldPlace | BatchedSite, object_type: GraphQLObjectType, cls: type | None, source: Source
    ) -> tuple[list[str], str, list[str]]:
        """What is a value of another type as well: lines that read, the response object, lines behind it."""
        other = Writer(self._plan, object_type, cls)
        other._names, other._numbers, other._source = self._names, self._numbers, source
        other._before, other._opening = self._before, self._opening
        other._response, other._path = self._variable("d"), self._path_of(place.name)
        other.add_all(place.details)
        response = f"{{{', '.join(other._items)}}}"
        return other._reads, f"({other._response} := {response})" if other._waits else response, other._waits

    def add_all(self, details: FieldDetailsList) -> None:
        """Add the fields that are selected."""
        mark = self._plan.reader.mark(self._type)
        if mark and not (self._cls and is_closed(self._cls)):
            self._open(f"if getattr({self._source.object}, {mark!r}, None) is not None: raise Abandoned")
        for name, selected in self._plan.collect(self._type, details).items():
            self._add(name, selected)

    def function(self) -> Complete:
        """The function for an object, compiled."""
        made = [*self._made("d = {}"), "return d"] if self._waits else self._made("return {}")
        return self._function(self._type.name, "o", [*self._before, *self._opening, *made])

    def function_of_rows(self) -> Complete:
        """The function for a list of rows, compiled."""
        made = [*self._made("d = {}"), "made.append(d)"] if self._waits else self._made("made.append({})")
        loop = ["made = []", "for row in v.rows:", *indented([*self._opening, *made])]
        return self._function(f"{self._type.name} rows", "v", [*self._before, *loop, "return made"])

    def _made(self, form: str) -> list[str]:
        """Lines that read, make the response object and go on with it."""
        return [*self._reads, form.format(f"{{{', '.join(self._items)}}}"), *self._waits]

    def _add(self, name: str, details: FieldDetailsList) -> None:
        """Add a field by its name in the response."""
        field_name = details[0].node.name.value
        field = self._plan.schema.get_field(self._type, field_name)
        if field is None:
            return
        if field_name == "__typename":
            self._items.append(f"{name!r}: {self._type.name!r}")
            return
        place = FieldPlace(name, field, details, self._type)
        reading = self._plan.reader.reading(field, field_name)
        if isinstance(reading, Batched):
            self._add_batched(place, reading)
        elif isinstance(reading, Call | Method):
            self._add_called(place, reading)
        elif isinstance(reading, ItselfField):
            self._add_itself(place)
        elif isinstance(reading, EitherField):
            self._add_either(place, reading)
        else:
            self._add_read(place, reading)

    def _add_read(self, place: FieldPlace, reading: Attribute | Property | ColumnField | ComputedField) -> None:
        value = self._read(reading)
        if place.field.args:
            self._reads.append(f"run.arguments({self._named(place)})")
        if isinstance(reading, ColumnField | ComputedField) and reading.serialised:
            self._items.append(f"{place.name!r}: {value}")
            return
        variable = self._variable("v")
        self._reads.append(f"{variable} = {value}")
        calls = isinstance(reading, Property)
        lines, completed = self._completion(place.field.type, variable, self._path_of(place.name), place, calls=calls)
        self._reads += lines
        self._items.append(f"{place.name!r}: {completed}")

    def _read(self, reading: Attribute | Property | ColumnField | ComputedField) -> str:
        if isinstance(reading, Attribute):
            return self._source.attribute(reading.name)
        if isinstance(reading, Property):
            return self._source.field(reading.name)
        function = reading.compute if reading.serialised is True else reading.serialised or reading.compute
        held = self._column(reading) if isinstance(reading, ColumnField) else self._asked(reading.of)
        if isinstance(function, Expression):
            return function.text.format(v=held)
        return f"{self._named(function)}({held})" if function else held

    def _column(self, reading: ColumnField) -> str:
        """An item of a row, which is read once for all of its columns."""
        return f"{self._source.opened(reading.row)}[{reading.column!r}]"

    def _asked(self, names: tuple[str, ...]) -> str:
        """What a computed field is computed of."""
        return ", ".join(map(self._source.opened, names)) if names else self._source.object

    def _open(self, line: str) -> None:
        """Begin with a line, once."""
        if line not in self._opening:
            self._opening.append(line)

    def _held(self, name: str | ColumnField) -> str:
        """What an object holds under a name that is none of a field."""
        return self._column(name) if isinstance(name, ColumnField) else self._source.attribute(name)

    def _add_itself(self, place: FieldPlace) -> None:
        declared: Any = get_nullable_type(place.field.type)
        object_type = self._cls and self._plan.reader.type_of(self._cls, declared)
        if not object_type or place.field.args:
            self._add_read(place, ComputedField(_itself))
            return
        reads, response, waits = self._as_another(place, object_type, self._cls, self._source)
        self._reads += reads
        self._items.append(f"{place.name!r}: {response}")
        self._waits += waits

    def _add_either(self, place: FieldPlace, reading: EitherField) -> None:
        declared: Any = get_nullable_type(place.field.type)
        row_class = reading.row_class
        object_type = self._plan.reader.type_of(row_class.cls, declared)
        if not object_type or place.field.args:
            self._add_read(place, ComputedField(reading.compute, of=("row",)))
            return
        row = self._source.opened("row")
        columns = {f"{row}[{name!r}]": value for name, value in reading.where.items()}
        where = [f"not {column}" if value is None else f"{column} == {value!r}" for column, value in columns.items()]
        reads, response, waits = self._as_another(place, object_type, row_class.cls, self._same_row(row_class))
        made, variable = self._variable("v"), self._variable("v")
        lines, completed = self._completion(place.field.type, made, self._path_of(place.name), place, calls=False)
        otherwise = [f"{made} = {self._named(reading.compute)}({row})", *lines, f"{variable} = {completed}"]
        self._reads += [
            f"if {' and '.join(where)}:",
            *indented([*reads, f"{variable} = {response}", *waits]),
            "else:",
            *indented(otherwise),
        ]
        self._items.append(f"{place.name!r}: {variable}")

    def _add_called(self, place: FieldPlace, reading: Call | Method) -> None:
        complete = self._plan.value(place)
        resolve = reading.resolve if isinstance(reading, Call) else reading.function
        site = AwaitedSite(place.name, place.field, place.details, place.parent_type, resolve, complete)
        named, variable = self._named(site), self._variable("r")
        response, path, source = self._response, self._path_of(place.name), self._source.object
        is_call = isinstance(reading, Call)
        call = f"{self._named(site.call)}({source}, run, {path})" if is_call else f"{self._named(resolve)}({source})"
        self._items.append(f"{place.name!r}: None")
        self._waits += [
            f"{variable} = {call}",
            f"if type({variable}) in PLAIN or not run.is_awaitable({variable}):",
            f"    {response}[{place.name!r}] = {self._named(complete)}({variable}, run, {path})",
            "else:",
            f"    run.awaited.append(({named}, {response}, {variable}, {path}))",
        ]

    def _add_batched(self, place: FieldPlace, reading: Batched) -> None:
        site = BatchedSite(
            place.name, place.field, place.details, place.parent_type, reading.declaration, reading.arguments,
            self._plan.value(place),
        )  # fmt: skip
        self._items.append(f"{place.name!r}: None")
        for number, (condition, lines) in enumerate(self._sources(site)):
            self._waits += [f"{'elif' if number else 'if'} {condition}:", *indented(lines)]
        if isinstance(place.field.type, GraphQLNonNull):
            self._waits.append("else: raise Abandoned")
        elif place.field.args:
            self._waits.append(f"else: {self._checked(site)}")

    def _sources(self, site: BatchedSite) -> Iterator[tuple[str, list[str]]]:
        """Where the value may come from: conditions, and the lines for the first of them that holds."""
        declaration, path = site.declaration, self._path_of(site.name)
        target, key, loaded = f"{self._response}[{site.name!r}]", self._variable("k"), self._variable("p")
        has_key = f"({key} := {self._held(declaration.key)}) is not None"
        if declaration.repeats:
            done, mark, known = self._variable("done"), self._variable("t"), self._variable("r")
            self._before.append(f"{done} = run.done[{self._named(site)}]")
            is_known = f"({mark} := {self._held(declaration.repeats)}) is not None"
            yield f"{is_known} and ({known} := {done}.get({mark})) is not None", [f"{target} = {known}"]
            target = f"{target} = {done}[{mark}]"
        if standing := declaration.standing:
            yield self._source.attribute(standing.where), self._standing(site, standing, loaded, target)
        if declaration.preloaded:
            is_loaded = f"({loaded} := {self._held(declaration.preloaded)}) is not NOT_LOADED"
            yield is_loaded, self._loaded(site, loaded, target)
        yield has_key, [f"run.keyed[{self._named(site)}][{key}].append(({self._response}, {path}))"]

    def _loaded(self, site: BatchedSite, variable: str, target: str) -> list[str]:
        """Lines that complete what the object came with."""
        # Arguments are refused even where nothing has to be loaded.
        checked = [self._checked(site)] if site.field.args else []
        part = [f"{variable} = {self._named(site.declaration.part)}({variable})"] if site.declaration.part else []
        lines, completed = self._completion(site.field.type, variable, self._path_of(site.name), site, calls=False)
        return [*checked, *part, *lines, f"{target} = {completed}"]

    def _standing(self, site: BatchedSite, standing: Standing, variable: str, target: str) -> list[str]:
        """Lines that complete the row as that of what is loaded."""
        declared, row_class = site.field.type, standing.row_class
        object_type = self._plan.reader.type_of(row_class.cls, cast("Any", get_nullable_type(declared)))
        if not object_type or site.field.args or site.declaration.part:
            made = f"{variable} = {self._named(standing.value)}({self._source.object})"
            return [made, *self._loaded(site, variable, target)]
        reads, response, waits = self._as_another(site, object_type, row_class.cls, self._same_row(row_class))
        lines = [*reads, f"{target} = {response}", *waits]
        if standing.present is None:
            return lines
        absent = "raise Abandoned" if isinstance(declared, GraphQLNonNull) else f"{target} = None"
        is_absent = f"{self._source.opened('row')}[{standing.present!r}] is None"
        return [f"if {is_absent}: {absent}", "else:", *indented(lines)]

    def _checked(self, site: BatchedSite) -> str:
        return f"{self._named(site.asked)}(run)"

    def _path_of(self, name: str) -> str:
        return f"({self._path}, {name!r}, {self._type.name!r})" if self._plan.tracks_paths else "None"


def _itself(value: Any) -> Any:
    return value


def is_closed(cls: type) -> bool:
    """Whether objects of a class have no attributes but those of its slots."""
    return not cls.__dictoffset__
