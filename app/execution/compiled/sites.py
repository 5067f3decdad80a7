"""Sites: the fields of an operation whose values are not there when their object is completed."""

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, ListValueNode, ObjectValueNode, ValueNode, VariableNode
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Undefined

from app.execution.batching import Ahead, Batch, BatchedField
from app.execution.compiled.run import Complete, Run

Asked = tuple[Batch, tuple[Hashable, ...]]
"""A batch, and what follows its keys."""

KEPT_TYPES = frozenset({str, int, bool, type(None), type(Undefined)})
"""Types whose equal values are the same to everybody."""

CHOICES_MAX = 16
"""For how many choices of variables it is kept what a field asks for. Most begin a list with the same one."""
LENGTH_MAX = 128
"""Characters of a variable that is kept: as many as cursors have, so that nobody fills the memory with longer ones."""


@dataclass(slots=True, eq=False)
class AwaitedSite:
    """A field whose resolver may return an awaitable."""

    name: str
    field: GraphQLField
    details: FieldDetailsList
    parent_type: GraphQLObjectType
    resolve: Callable[..., Any]
    complete: Complete

    def call(self, source: Any, run: Run, path: Any) -> Any:
        """Call the resolver as graphql-core would."""
        return self.resolve(source, run.info(self, path), **run.arguments(self))


@dataclass(slots=True, eq=False)
class BatchedSite:
    """A field that is declared as batched. `arguments` turns its coerced arguments into those of the declaration.

    `ahead` is the field below it that the declaration looks ahead to, if it is selected. `names` are those of all
    fields below this one.
    """

    name: str
    field: GraphQLField
    details: FieldDetailsList
    parent_type: GraphQLObjectType
    declaration: BatchedField
    arguments: Callable[[Run, "BatchedSite"], dict[str, Any]]
    complete: Complete
    ahead: "BatchedSite | None"
    names: frozenset[str]
    variables: tuple[str, ...] = dataclasses.field(init=False)
    """Those that decide what is asked for."""
    _known: dict[tuple[Any, ...], Asked] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {name for argument in self.details[0].node.arguments or () for name in _variables(argument.value)}
        self.variables = tuple(sorted(own.union(self.ahead.variables if self.ahead else ())))

    def asked(self, run: Run) -> Asked:
        """The batch and what follows the keys: found out once for the same values of the variables."""
        choice = self._choice(run) if self.variables else ()
        if choice is None:
            return self._asked(run)
        known = self._known.get(choice)
        if known is None:
            known = self._asked(run)
            if len(self._known) == CHOICES_MAX:
                self._known.clear()
            self._known[choice] = known
        return known

    def _choice(self, run: Run) -> tuple[Any, ...] | None:
        """The values of the variables, with their types, as True == 1; None where they are not to be kept."""
        coerced = run.executor.variable_values.coerced
        values = [coerced.get(name, Undefined) for name in self.variables]
        types = list(map(type, values))
        if not KEPT_TYPES.issuperset(types) or any(type(value) is str and len(value) > LENGTH_MAX for value in values):
            return None
        return (*types, *values)

    def _asked(self, run: Run) -> Asked:
        declaration, ahead = self.declaration, self.ahead
        following = declaration.following(self.arguments(run, self))
        if declaration.ahead:
            following = *following, Ahead(ahead.asked(run)[1], ahead.names) if ahead else None
        if declaration.shown:
            following = *following, declaration.shown(self.names)
        return declaration.batch, following


def _variables(value: ValueNode) -> set[str]:
    """The names of the variables within a value."""
    match value:
        case VariableNode():
            return {value.name.value}
        case ListValueNode():
            return set().union(*map(_variables, value.values))
        case ObjectValueNode():
            return set().union(*(_variables(field.value) for field in value.fields))
    return set()
