"""Writes the Python expressions that complete values of a type, wherever they come from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
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

from app.execution.batching import NOT_LOADED
from app.execution.compiled.leaves import CONSTANTS, INLINE, PLAIN, leaf
from app.execution.compiled.run import Abandoned, Complete, Place

if TYPE_CHECKING:
    from app.execution.compiled.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlace:
    """One field of the response objects of a type."""

    name: str
    field: GraphQLField
    details: FieldDetailsList
    parent_type: GraphQLObjectType


def write_value(plan: "Plan", place: FieldPlace) -> Complete:
    """The function for the value of one field."""
    return ValueWriter(plan).function_of(place)


class ValueWriter:
    """Writes expressions, and holds the objects that the names in them stand for.

    In what is written `run` is an argument of `Complete`.
    """

    def __init__(self, plan: "Plan") -> None:
        self._plan = plan
        self._names: dict[str, Any] = {
            **CONSTANTS, "Abandoned": Abandoned, "NOT_LOADED": NOT_LOADED, "PLAIN": PLAIN,
        }  # fmt: skip
        self._numbers: Iterator[int] = count()

    def function_of(self, place: FieldPlace) -> Complete:
        """A function that completes values of a field's type."""
        lines, completed = self._completion(place.field.type, "v", "path", place, calls=False)
        return self._function(place.parent_type.name, "v", [*lines, f"return {completed}"])

    def _function(self, name: str, argument: str, body: Sequence[str]) -> Complete:
        source = "\n".join([f"def complete({argument}, run, path):", *indented(body)])
        exec(compile(source, f"<compiled {name}>", "exec"), self._names)  # noqa: S102 - names are generated
        complete: Complete = self._names["complete"]
        return complete

    def _completion(
        self, value_type: GraphQLOutputType, variable: str, path: str, place: Place, *, calls: bool
    ) -> tuple[list[str], str]:
        """Lines, and behind them an expression, that complete the value of a variable."""
        inner = get_nullable_type(value_type)
        if isinstance(inner, GraphQLList):
            return self._list(inner, variable, path, place, nullable=inner is value_type)
        return [], self._expression(value_type, variable, path, place, calls=calls)

    def _expression(self, value_type: GraphQLOutputType, variable: str, path: str, place: Place, *, calls: bool) -> str:
        """An expression that completes what is no list."""
        nullable = not isinstance(value_type, GraphQLNonNull)
        inner: Any = get_nullable_type(value_type)
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

    def _list(
        self, value_type: GraphQLList[Any], variable: str, path: str, place: Place, *, nullable: bool
    ) -> tuple[list[str], str]:
        """A loop: most lists are short, and a comprehension is a function that is made and called for each."""
        item, index, made = f"{variable}x", f"{variable}i", f"{variable}l"
        tracked = self._plan.tracks_paths and not is_leaf_type(value_type.of_type)
        item_path = f"({path}, {index}, None)" if tracked else "None"
        lines, completed = self._completion(value_type.of_type, item, item_path, place, calls=False)
        items = f"{variable} if type({variable}) is list else {self._named(as_list)}({variable})"
        loop = [
            f"{made} = []",
            f"for {index}, {item} in enumerate({items}):" if tracked else f"for {item} in {items}:",
            *indented([*lines, f"{made}.append({completed})"]),
        ]
        return [f"if {variable} is None: {made} = None", "else:", *indented(loop)] if nullable else loop, made

    def _variable(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"

    def _named(self, value: Any) -> str:
        """A name that stands for a value in what is written."""
        name = f"n{len(self._names)}"
        self._names[name] = value
        return name


def indented(lines: Iterable[str]) -> list[str]:
    """Lines of a block."""
    return [f"    {line}" for line in lines]


def as_list(value: Any) -> Any:
    """A collection that can be read a second time; graphql-core has to see anything else untouched."""
    if isinstance(value, tuple | list | set | frozenset):
        return value
    raise Abandoned
