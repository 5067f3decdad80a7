"""Writes the Python function that completes the objects of one type with one selection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList

from app.execution.batching import NOT_LOADED, BatchedField
from app.execution.compiled.leaves import CONSTANTS, INLINE, PLAIN, leaf
from app.execution.compiled.reading import Attribute, Batched, Call, Method, Property
from app.execution.compiled.run import Abandoned, Complete
from app.execution.compiled.waves import AwaitedSite, BatchedSite
from app.execution.plain_fields import ColumnField, ComputedField

if TYPE_CHECKING:
    from app.execution.compiled.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlace:
    """One field of the response objects of a type."""

    name: str
    field: GraphQLField
    details: FieldDetailsList
    parent_type: GraphQLObjectType


def write(plan: "Plan", object_type: GraphQLObjectType, details: FieldDetailsList, is_mapping: bool) -> Complete:
    """The function for these selections on values of this type, which are mappings or have attributes."""
    writer = Writer(plan, object_type, is_mapping)
    for name, selected in plan.collect(object_type, details).items():
        writer.add(name, selected)
    return writer.function()


def write_value(plan: "Plan", place: FieldPlace) -> Complete:
    """The function for the value of one field."""
    writer = Writer(plan, place.parent_type, is_mapping=False)
    return writer.value_function(place.field.type, place)


class Writer:
    """Collects the lines of a function and the objects that its names stand for.

    In what is written `o` is the object, `run` and `path` are the arguments of `Complete`, `d` is the response object.
    """

    def __init__(self, plan: "Plan", object_type: GraphQLObjectType, is_mapping: bool) -> None:
        self._plan = plan
        self._type = object_type
        self._is_mapping = is_mapping
        self._names: dict[str, Any] = {
            **CONSTANTS, "Abandoned": Abandoned, "NOT_LOADED": NOT_LOADED, "PLAIN": PLAIN,
        }  # fmt: skip
        self._reads: list[str] = []
        self._items: list[str] = []
        self._waits: list[str] = []
        self._functions: list[str] = []

    def function(self) -> Complete:
        """The function, compiled."""
        head, items = "def complete(o, run, path):", ", ".join(self._items)
        mark = self._plan.reader.mark(self._type)
        if mark:
            self._reads.insert(0, f"if getattr(o, {mark!r}, None) is not None: raise Abandoned")
        if self._waits:
            body = [*self._reads, f"d = {{{items}}}", *self._waits, "return d"]
        else:
            body = [*self._reads, f"return {{{items}}}"]
        return self._compiled("\n".join([*self._functions, head, *("    " + line for line in body)]))

    def value_function(self, value_type: GraphQLOutputType, place: FieldPlace) -> Complete:
        """A function that completes values of a type."""
        expression = self._expression(value_type, "v", "path", place, calls=False)
        return self._compiled(f"def complete(v, run, path):\n    return {expression}")

    def _compiled(self, source: str) -> Complete:
        exec(compile(source, f"<compiled {self._type.name}>", "exec"), self._names)  # noqa: S102 - names are generated
        complete: Complete = self._names["complete"]
        return complete

    def add(self, name: str, details: FieldDetailsList) -> None:
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
        else:
            self._add_read(place, reading)

    def _add_read(self, place: FieldPlace, reading: Attribute | Property | ColumnField | ComputedField) -> None:
        variable, value = f"v{len(self._items)}", self._read(reading)
        self._reads.append(f"{variable} = {value}")
        if place.field.args:
            self._reads.append(f"run.arguments({self._named(place)})")
        if isinstance(reading, ComputedField) and reading.serialised:
            self._items.append(f"{place.name!r}: {variable}")
            return
        calls = isinstance(reading, Property)
        completed = self._expression(place.field.type, variable, self._path(place), place, calls=calls)
        self._items.append(f"{place.name!r}: {completed}")

    def _read(self, reading: Attribute | Property | ColumnField | ComputedField) -> str:
        if isinstance(reading, ColumnField):
            row = f"row_{reading.row}"
            self._names_row(row, reading)
            return f"{row}[{reading.column!r}]"
        if isinstance(reading, ComputedField):
            return f"{self._named(reading.serialised or reading.compute)}(o)"
        name = reading.name
        if isinstance(reading, Attribute):
            return f"o.{name}"
        return f"o.get({name!r})" if self._is_mapping else f"getattr(o, {name!r}, None)"

    def _names_row(self, row: str, reading: ColumnField) -> None:
        """Read the row once for all of its columns."""
        line = f"{row} = o.{reading.row}"
        if line not in self._reads:
            self._reads.append(line)

    def _held(self, name: str) -> str:
        """What an object holds under a name that is none of a field."""
        return f"o[{name!r}]" if self._is_mapping else f"o.{name}"

    def _add_called(self, place: FieldPlace, reading: Call | Method) -> None:
        complete = self._plan.value(place)
        resolve = reading.resolve if isinstance(reading, Call) else reading.function
        site = AwaitedSite(place.name, place.field, place.details, place.parent_type, resolve, complete)
        named, variable = self._named(site), f"r{len(self._items)}"
        path = self._path(place)
        call = (
            f"{self._named(site.call)}(o, run, {path})" if isinstance(reading, Call) else f"{self._named(resolve)}(o)"
        )
        self._items.append(f"{place.name!r}: None")
        self._waits += [
            f"{variable} = {call}",
            f"if type({variable}) in PLAIN or not run.is_awaitable({variable}):",
            f"    d[{place.name!r}] = {self._named(complete)}({variable}, run, {path})",
            "else:",
            f"    run.awaited.append(({named}, d, {variable}, {path}))",
        ]

    def _add_batched(self, place: FieldPlace, reading: Batched) -> None:
        complete, declaration = self._plan.value(place), reading.declaration
        site = BatchedSite(
            place.name, place.field, place.details, place.parent_type, declaration, reading.arguments, complete
        )
        variable, named, path = f"k{len(self._items)}", self._named(site), self._path(place)
        self._items.append(f"{place.name!r}: None")
        key = self._held(declaration.key)
        # Arguments are refused even where nothing has to be loaded.
        check = [f"    {self._named(site.asked)}(run)"] if place.field.args else []
        if declaration.preloaded:
            loaded = f"p{len(self._items)}"
            value = f"{self._named(declaration.part)}({loaded})" if declaration.part else loaded
            self._waits += [
                f"{loaded} = {self._held(declaration.preloaded)}",
                f"if {loaded} is not NOT_LOADED:",
                *check,
                *self._taken(place, declaration, named, loaded, f"{self._named(complete)}({value}, run, {path})"),
                f"elif ({variable} := {key}) is not None:",
            ]
        else:
            self._waits += [f"{variable} = {key}", f"if {variable} is not None:"]
        self._waits.append(f"    run.keyed[{named}][{variable}].append((d, {path}))")
        if isinstance(place.field.type, GraphQLNonNull):
            self._waits.append("else: raise Abandoned")
        elif check:
            self._waits += ["else:", *check]

    def _taken(
        self, place: FieldPlace, declaration: BatchedField, site: str, loaded: str, completed: str
    ) -> Sequence[str]:
        """The lines that complete what the parent came with."""
        if not declaration.repeats:
            return [f"    d[{place.name!r}] = {completed}"]
        return [
            f"    done = run.done[{site}]",
            f"    known = done.get(id({loaded}))",
            "    if known is None:",
            f"        known = done[id({loaded})] = ({loaded}, {completed})",
            f"    d[{place.name!r}] = known[1]",
        ]

    def _path(self, place: FieldPlace) -> str:
        return f"(path, {place.name!r}, {self._type.name!r})" if self._plan.tracks_paths else "None"

    def _expression(
        self, value_type: GraphQLOutputType, variable: str, path: str, place: FieldPlace, *, calls: bool
    ) -> str:
        """An expression that completes the value of a variable."""
        nullable = not isinstance(value_type, GraphQLNonNull)
        inner: Any = get_nullable_type(value_type)
        if isinstance(inner, GraphQLList):
            return self._list(inner, variable, path, place, nullable)
        if is_leaf_type(inner):
            slow = f"{self._named(leaf(inner, nullable=nullable, calls=calls))}({variable})"
            inline = INLINE.get(cast("GraphQLScalarType", inner)) or self._plan.reader.inline(inner, self._named)
            if inline is None:
                return slow
            test, fast = (inline, variable) if isinstance(inline, str) else inline
            null = f"None if {variable} is None else " if nullable else ""
            return f"({null}{fast.format(v=variable)} if {test.format(v=variable)} else {slow})"
        selection = self._plan.selection(inner, place, nullable=nullable, calls=calls)
        known, meet = self._named(selection.known.get), self._named(selection.meet)
        return f"{known}(type({variable}), {meet})({variable}, run, {path})"

    def _list(self, value_type: GraphQLList[Any], variable: str, path: str, place: FieldPlace, nullable: bool) -> str:
        item, index = f"{variable}x", f"{variable}i"
        tracked = self._plan.tracks_paths and not is_leaf_type(value_type.of_type)
        item_path = f"({path}, {index}, None)" if tracked else "None"
        completed = self._expression(value_type.of_type, item, item_path, place, calls=False)
        items = f"({variable} if type({variable}) is list else {self._named(as_list)}({variable}))"
        loop = f"for {index}, {item} in enumerate({items})" if tracked else f"for {item} in {items}"
        null = f"None if {variable} is None else " if nullable else ""
        return f"({null}[{completed} {loop}])"

    def _named(self, value: Any) -> str:
        """A name that stands for a value in what is written."""
        name = f"n{len(self._names)}"
        self._names[name] = value
        return name


def as_list(value: Any) -> Any:
    """A collection that can be read a second time; graphql-core has to see anything else untouched."""
    if isinstance(value, tuple | list | set | frozenset):
        return value
    raise Abandoned
