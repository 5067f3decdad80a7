"""Writes the Python function that completes the objects of one type with one selection."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLNonNull, GraphQLObjectType, get_nullable_type
from graphql.execution.collect_fields import FieldDetailsList

from app.execution.compiled.object_writing import ObjectWriter
from app.execution.compiled.reading import Attribute, Batched, Call, Method, Property
from app.execution.compiled.run import Complete
from app.execution.compiled.sites import AwaitedSite, BatchedSite
from app.execution.compiled.sources import ObjectSource
from app.execution.compiled.values import FieldPlace, indented
from app.execution.plain_fields import (
    ColumnField,
    ComputedField,
    EitherField,
    ItselfField,
    RowsField,
    Standing,
)

if TYPE_CHECKING:
    from app.execution.compiled.plan import Plan


def write(
    plan: "Plan", object_type: GraphQLObjectType, details: FieldDetailsList, cls: type | None, *, is_mapping: bool
) -> Complete:
    """The function for these selections on values of this type.

    They are mappings or have attributes; with `cls`, all are of this class, which stands for the type.
    """
    writer = Writer(plan, object_type, cls, ObjectSource(is_mapping=is_mapping))
    writer.add_all(details)
    return writer.function()


class Writer(ObjectWriter):
    """Adds the fields that are selected, each by where its value comes from."""

    def add_all(self, details: FieldDetailsList) -> None:
        """Add the fields that are selected."""
        mark = self._plan.reader.mark(self._type)
        if mark and not (self._cls and is_closed(self._cls)):
            self._source.open(f"if getattr({self._source.object}, {mark!r}, None) is not None: raise Abandoned")
        for name, selected in self._plan.collect(self._type, details).items():
            self._add(name, selected)

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
        elif isinstance(reading, RowsField):
            self._add_rows(place, reading)
        else:
            self._add_read(place, reading)

    def _add_read(self, place: FieldPlace, reading: Attribute | Property | ColumnField | ComputedField) -> None:
        value = self._read(reading)
        if place.field.args:
            self.reads.append(f"run.arguments({self._named(place)})")
        if isinstance(reading, ColumnField | ComputedField) and reading.serialised:
            self._items.append(f"{place.name!r}: {value}")
            return
        variable = self._variable("v")
        self.reads.append(f"{variable} = {value}")
        calls = isinstance(reading, Property)
        lines, completed = self._completion(place.field.type, variable, self._path_of(place.name), place, calls=calls)
        self.reads += lines
        self._items.append(f"{place.name!r}: {completed}")

    def _add_itself(self, place: FieldPlace) -> None:
        declared: Any = get_nullable_type(place.field.type)
        object_type = self._cls and self._plan.reader.type_of(self._cls, declared)
        if not object_type or place.field.args:
            self._add_read(place, ComputedField(_itself))
            return
        same = self._within(place, object_type, self._cls, self._source)
        self.reads += same.reads
        self._items.append(f"{place.name!r}: {same.response}")
        self.waits += same.waits

    def _add_rows(self, place: FieldPlace, reading: RowsField) -> None:
        declared: Any = get_nullable_type(place.field.type)
        row_class = reading.row_class
        object_type = self._plan.reader.type_of(row_class.cls, get_nullable_type(declared.of_type))
        if not object_type or place.field.args or self._plan.tracks_paths:
            self._add_read(place, ComputedField(reading.value))
            return
        row, made = self._variable("row"), self._variable("l")
        each = self._within(place, object_type, row_class.cls, self._of_row(row_class, row, []))
        loop = [f"{made} = []", f"for {row} in {self._source.attribute(reading.rows)}:"]
        self.reads += [*loop, *indented(each.made(f"{made}.append({{}})"))]
        self._items.append(f"{place.name!r}: {made}")

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
        same = self._within(place, object_type, row_class.cls, self._same_row(row_class))
        made, variable = self._variable("v"), self._variable("v")
        lines, completed = self._completion(place.field.type, made, self._path_of(place.name), place, calls=False)
        otherwise = [f"{made} = {self._named(reading.compute)}({row})", *lines, f"{variable} = {completed}"]
        self.reads += [
            f"if {' and '.join(where)}:",
            *indented([*same.reads, f"{variable} = {same.response}", *same.waits]),
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
        self.waits += [
            f"{variable} = {call}",
            f"if type({variable}) in PLAIN or not run.is_awaitable({variable}):",
            f"    {response}[{place.name!r}] = {self._named(complete)}({variable}, run, {path})",
            "else:",
            f"    run.awaited.append(({named}, {response}, {variable}, {path}))",
        ]

    def _add_batched(self, place: FieldPlace, reading: Batched) -> None:
        site = self._plan.batched(place, reading)
        if place.field.args:  # they are refused even where nothing has to be loaded
            self._before.append(f"{self._named(site.asked)}(run)")
        self._items.append(f"{place.name!r}: None")
        for number, (condition, lines) in enumerate(self._sources(site)):
            self.waits += [f"{'elif' if number else 'if'} {condition}:", *indented(lines)]
        if isinstance(place.field.type, GraphQLNonNull):
            self.waits.append("else: raise Abandoned")

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
        part = [f"{variable} = {self._named(site.declaration.part)}({variable})"] if site.declaration.part else []
        lines, completed = self._completion(site.field.type, variable, self._path_of(site.name), site, calls=False)
        return [*part, *lines, f"{target} = {completed}"]

    def _standing(self, site: BatchedSite, standing: Standing, variable: str, target: str) -> list[str]:
        """Lines that complete the row as that of what is loaded."""
        declared, row_class = site.field.type, standing.row_class
        object_type = self._plan.reader.type_of(row_class.cls, cast("Any", get_nullable_type(declared)))
        if not object_type or site.field.args or site.declaration.part:
            made = f"{variable} = {self._named(standing.value)}({self._source.object})"
            return [made, *self._loaded(site, variable, target)]
        same = self._within(site, object_type, row_class.cls, self._same_row(row_class))
        lines = [*same.reads, f"{target} = {same.response}", *same.waits]
        if standing.present is None:
            return lines
        absent = "raise Abandoned" if isinstance(declared, GraphQLNonNull) else f"{target} = None"
        is_absent = f"{self._source.opened('row')}[{standing.present!r}] is None"
        return [f"if {is_absent}: {absent}", "else:", *indented(lines)]


def _itself(value: Any) -> Any:
    return value


def is_closed(cls: type) -> bool:
    """Whether objects of a class have no attributes but those of its slots."""
    return not cls.__dictoffset__
