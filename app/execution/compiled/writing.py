"""Writes the Python function that completes the objects of one type with one selection."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graphql import GraphQLNonNull, GraphQLObjectType, get_nullable_type
from graphql.execution.collect_fields import FieldDetailsList

from app.execution.compiled.reading import Attribute, Batched, Call, Method, Property
from app.execution.compiled.run import Complete
from app.execution.compiled.values import FieldPlace, ValueWriter, indented
from app.execution.compiled.waves import AwaitedSite, BatchedSite
from app.execution.plain_fields import ColumnField, ComputedField, EitherField, ItselfField

if TYPE_CHECKING:
    from app.execution.compiled.plan import Plan


def write(
    plan: "Plan", object_type: GraphQLObjectType, details: FieldDetailsList, cls: type | None, *, is_mapping: bool
) -> Complete:
    """The function for these selections on values of this type.

    They are mappings or have attributes; with `cls`, all are of this class, which stands for the type.
    """
    writer = Writer(plan, object_type, cls, is_mapping=is_mapping)
    writer.add_all(details)
    return writer.function()


class Writer(ValueWriter):
    """Collects the lines of a function and the objects that its names stand for.

    In what is written `o` is the object, `run` and `path` are the arguments of `Complete`, `d` is the response object.
    """

    def __init__(
        self, plan: "Plan", object_type: GraphQLObjectType, cls: type | None = None, *, is_mapping: bool = False
    ) -> None:
        super().__init__(plan)
        self._type = object_type
        self._cls = cls
        self._is_mapping = is_mapping
        self._opening: list[str] = []
        self._reads: list[str] = []
        self._items: list[str] = []
        self._waits: list[str] = []
        self._response = "d"
        self._path = "path"

    def _as_another(
        self, place: FieldPlace | BatchedSite, object_type: GraphQLObjectType, cls: type | None
    ) -> tuple[list[str], str, list[str]]:
        """What the same object is as a value of another type: lines that read, the response object, lines behind it."""
        other = Writer(self._plan, object_type, cls, is_mapping=self._is_mapping)
        other._names, other._numbers, other._opening = self._names, self._numbers, self._opening
        other._response, other._path = self._variable("d"), self._path_of(place.name)
        other.add_all(place.details)
        response = f"{{{', '.join(other._items)}}}"
        return other._reads, f"({other._response} := {response})" if other._waits else response, other._waits

    def add_all(self, details: FieldDetailsList) -> None:
        """Add the fields that are selected."""
        mark = self._plan.reader.mark(self._type)
        if mark and not (self._cls and is_closed(self._cls)):
            self._open(f"if getattr(o, {mark!r}, None) is not None: raise Abandoned")
        for name, selected in self._plan.collect(self._type, details).items():
            self._add(name, selected)

    def function(self) -> Complete:
        """The function, compiled."""
        response = f"{{{', '.join(self._items)}}}"
        made = [f"d = {response}", *self._waits, "return d"] if self._waits else [f"return {response}"]
        return self._function(self._type.name, "o", [*self._opening, *self._reads, *made])

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
        if isinstance(reading, ColumnField | ComputedField):
            function = reading.compute if reading.serialised is True else reading.serialised or reading.compute
            held = self._column(reading) if isinstance(reading, ColumnField) else "o"
            return f"{self._named(function)}({held})" if function else held
        name = reading.name
        if isinstance(reading, Attribute):
            return f"o.{name}"
        return f"o.get({name!r})" if self._is_mapping else f"getattr(o, {name!r}, None)"

    def _column(self, reading: ColumnField) -> str:
        """An item of a row, which is read once for all of its columns."""
        self._open(f"row_{reading.row} = o.{reading.row}")
        return f"row_{reading.row}[{reading.column!r}]"

    def _open(self, line: str) -> None:
        """Begin with a line, once."""
        if line not in self._opening:
            self._opening.append(line)

    def _held(self, name: str | ColumnField) -> str:
        """What an object holds under a name that is none of a field."""
        if isinstance(name, ColumnField):
            return self._column(name)
        return f"o[{name!r}]" if self._is_mapping else f"o.{name}"

    def _add_itself(self, place: FieldPlace) -> None:
        declared: Any = get_nullable_type(place.field.type)
        object_type = self._cls and self._plan.reader.type_of(self._cls, declared)
        if not object_type or place.field.args:
            self._add_read(place, ComputedField(_itself))
            return
        reads, response, waits = self._as_another(place, object_type, self._cls)
        self._reads += reads
        self._items.append(f"{place.name!r}: {response}")
        self._waits += waits

    def _add_either(self, place: FieldPlace, reading: EitherField) -> None:
        declared: Any = get_nullable_type(place.field.type)
        object_type = self._plan.reader.type_of(reading.cls, declared)
        if not object_type or place.field.args:
            self._add_read(place, ComputedField(reading.compute))
            return
        columns = {self._column(ColumnField(reading.row, name)): value for name, value in reading.where.items()}
        where = [f"not {column}" if value is None else f"{column} == {value!r}" for column, value in columns.items()]
        reads, response, waits = self._as_another(place, object_type, reading.cls)
        made, variable = self._variable("v"), self._variable("v")
        lines, completed = self._completion(place.field.type, made, self._path_of(place.name), place, calls=False)
        otherwise = [f"{made} = {self._named(reading.compute)}(o)", *lines, f"{variable} = {completed}"]
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
        response, path = self._response, self._path_of(place.name)
        call = (
            f"{self._named(site.call)}(o, run, {path})" if isinstance(reading, Call) else f"{self._named(resolve)}(o)"
        )
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
        if site.declaration.repeats:
            self._waits.append(f"done = run.done[{self._named(site)}]")
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
            mark, known = self._variable("t"), self._variable("r")
            is_known = f"({mark} := {self._held(declaration.repeats)}) is not None"
            yield f"{is_known} and ({known} := done.get({mark})) is not None", [f"{target} = {known}"]
            target = f"{target} = done[{mark}]"
        if declaration.itself_where:
            yield self._held(declaration.itself_where), self._itself_loaded(site, loaded, target)
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

    def _itself_loaded(self, site: BatchedSite, variable: str, target: str) -> list[str]:
        """Lines that complete the object as what is loaded."""
        declared: Any = get_nullable_type(site.field.type)
        object_type = self._cls and self._plan.reader.type_of(self._cls, declared)
        if not object_type or site.field.args or site.declaration.part:
            return [f"{variable} = o", *self._loaded(site, variable, target)]
        reads, response, waits = self._as_another(site, object_type, self._cls)
        return [*reads, f"{target} = {response}", *waits]

    def _checked(self, site: BatchedSite) -> str:
        return f"{self._named(site.asked)}(run)"

    def _path_of(self, name: str) -> str:
        return f"({self._path}, {name!r}, {self._type.name!r})" if self._plan.tracks_paths else "None"


def _itself(value: Any) -> Any:
    return value


def is_closed(cls: type) -> bool:
    """Whether objects of a class have no attributes but those of its slots."""
    return not cls.__dictoffset__
