"""Plans: an operation's compiled functions, kept with its document for each choice of @skip and @include."""

import weakref
from collections.abc import Iterator, Mapping
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_subfields
from graphql.execution.values import VariableValues

from app.execution.compiled.reading import Batched, Reader
from app.execution.compiled.root import Root
from app.execution.compiled.run import Complete, Place
from app.execution.compiled.selection import Selection
from app.execution.compiled.sites import BatchedSite
from app.execution.compiled.values import FieldPlace, write_value

VARIANTS_MAX = 16
"""Choices of @skip and @include that are compiled for one operation; others are left to graphql-core."""

CONDITIONS = ("skip", "include")
INCREMENTAL = ("defer", "stream")


class Plan:
    """The compiled functions of one operation for one choice of @skip and @include."""

    def __init__(self, executor: Executor[Any], reader: Reader, survey: "Survey", values: VariableValues) -> None:
        self.schema = executor.schema
        self.reader = reader
        self.tracks_paths = reader.may_ask_for_paths(frozenset(survey.names))
        self._fragments = executor.fragments
        self._values = values
        self._roots: dict[str, Complete | None] = {}
        self._selections: dict[tuple[Any, ...], Selection] = {}

    def root(self, key: str, parent_type: GraphQLObjectType, details: FieldDetailsList) -> Complete | None:
        """The function for the value of a root field; None where nothing is to be gained."""
        if key not in self._roots:
            self._roots[key] = self._root(key, parent_type, details)
        return self._roots[key]

    def _root(self, key: str, parent_type: GraphQLObjectType, details: FieldDetailsList) -> Complete | None:
        field = self.schema.get_field(parent_type, details[0].node.name.value)
        if field is None or is_leaf_type(named := get_named_type(field.type)) or is_introspection_type(named):
            return None
        return write_value(self, FieldPlace(key, field, details, parent_type))

    def value(self, place: FieldPlace) -> Complete:
        """The function for the values of a field that come later than their object."""
        return write_value(self, place)

    def batched(self, place: FieldPlace, reading: Batched) -> BatchedSite:
        """The place of a batched field."""
        declaration = reading.declaration
        ahead = self._ahead(place, declaration.ahead) if declaration.ahead else None
        return BatchedSite(
            place.name, place.field, place.details, place.parent_type, declaration, reading.arguments,
            self.value(place), ahead, self._names_below(place.details),
        )  # fmt: skip

    def _ahead(self, place: FieldPlace, names: tuple[str, ...]) -> BatchedSite | None:
        """The batched field that these names lead to over object types, where each is selected once."""
        for name in names:
            object_type = get_named_type(place.field.type)
            if not isinstance(object_type, GraphQLObjectType):
                return None
            selected = self.collect(object_type, place.details).items()
            found = [(key, details) for key, details in selected if details[0].node.name.value == name]
            if len(found) != 1:
                return None
            [(key, details)] = found
            place = FieldPlace(key, object_type.fields[name], details, object_type)
        reading = self.reader.reading(place.field, names[-1])
        return self.batched(place, reading) if isinstance(reading, Batched) else None

    def _names_below(self, details: FieldDetailsList) -> frozenset[str]:
        """The names of all fields that are selected below one."""
        names, spread = set(), set()
        waiting = [selected.node.selection_set for selected in details]
        while waiting:
            for node in _nodes(waiting.pop()):
                if isinstance(node, FieldNode):
                    names.add(node.name.value)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                    spread.add(node.name.value)
                    waiting.append(self._fragments[node.name.value].definition.selection_set)
        return frozenset(names)

    def selection(
        self, declared: GraphQLObjectType | GraphQLAbstractType, place: Place, *, nullable: bool, calls: bool
    ) -> Selection:
        """What is asked of the values at a place."""
        key = (id(place.details), declared, nullable, calls)
        if key not in self._selections:  # which keeps the place, so that the id stays its own
            self._selections[key] = Selection(self, declared, place, nullable=nullable, calls=calls)
        return self._selections[key]

    def collect(self, object_type: GraphQLObjectType, details: FieldDetailsList) -> GroupedFieldSet:
        """The fields selected on an object type, merged, in the order of the response."""
        # It has no use for the operation; a plan that held it would keep its document alive.
        operation = cast("OperationDefinitionNode", None)
        collected = collect_subfields(self.schema, self._fragments, self._values, operation, object_type, details)
        return collected.grouped_field_set


class Survey:
    """What an operation with its fragments uses."""

    def __init__(self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.names: set[str] = set()
        self.conditions: dict[str, None] = {}
        self.is_incremental = False
        self.has_fragment_variables = any(fragment.variable_definitions for fragment in fragments.values())
        for selections in (operation.selection_set, *(fragment.selection_set for fragment in fragments.values())):
            for node in _nodes(selections):
                self._note(node)

    def _note(self, node: SelectionNode) -> None:
        if isinstance(node, FieldNode):
            self.names.add(node.name.value)
        for directive in node.directives or ():
            self.is_incremental |= directive.name.value in INCREMENTAL
            if directive.name.value in CONDITIONS:
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        self.conditions[argument.value.name.value] = None


def _nodes(selections: SelectionSetNode | None) -> Iterator[SelectionNode]:
    """The selections within, but not those of fragments that are spread."""
    waiting = list(selections.selections) if selections else []
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
            waiting.extend(node.selection_set.selections)


class Plans:
    """The plans of one operation."""

    def __init__(self, executor: Executor[Any], reader: Reader) -> None:
        self.root = Root.of(executor, reader.resolver)
        self._survey = Survey(executor.operation, executor.fragment_definitions)
        self._fragments = list(executor.fragment_definitions.values())
        self._plans: dict[tuple[Any, ...], Plan] = {}

    def fit(self, executor: Executor[Any]) -> bool:
        """Whether they were made for what this executor executes: an operation may be put among other fragments."""
        fragments = executor.fragment_definitions
        return len(fragments) == len(self._fragments) and all(map(_same, fragments.values(), self._fragments))

    def of_root(self, executor: Any, reader: Reader) -> Complete | None:
        """The function for the value of the only root field; None where the operation takes the longer way."""
        root, plan = self.root, self.plan(executor, reader) if self.root else None
        return plan.root(root.key, root.parent_type, root.details) if root and plan else None

    def plan(self, executor: Any, reader: Reader) -> Plan | None:
        """The plan for an execution; None where the operation is left to graphql-core."""
        survey = self._survey
        if survey.is_incremental or survey.has_fragment_variables:
            return None
        coerced = executor.variable_values.coerced
        choice = tuple([coerced.get(name) for name in survey.conditions])
        plan = self._plans.get(choice)
        if plan is None and len(self._plans) < VARIANTS_MAX:
            plan = self._plans[choice] = Plan(executor, reader, survey, self._conditions(executor.variable_values))
        return plan

    def _conditions(self, values: VariableValues) -> VariableValues:
        """Only the values that decide the choice: the others are no part of a plan."""
        names = self._survey.conditions
        return VariableValues(
            {name: source for name, source in values.sources.items() if name in names},
            {name: value for name, value in values.coerced.items() if name in names},
        )


def _same(one: Any, other: Any) -> bool:
    return one is other


class PlanCache:
    """The plans of a schema's operations, which live as long as the operations' nodes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._plans: dict[int, tuple[weakref.ref[OperationDefinitionNode], Plans]] = {}

    def plans(self, executor: Executor[Any]) -> Plans:
        """The plans of the operation that is executed."""
        operation = executor.operation
        key = id(operation)
        found = self._plans.get(key)
        if found is not None and found[0]() is operation and found[1].fit(executor):
            return found[1]
        plans = Plans(executor, self._reader)
        self._plans[key] = (weakref.ref(operation, lambda gone: self._forget(key, gone)), plans)
        return plans

    def _forget(self, key: int, gone: "weakref.ref[OperationDefinitionNode]") -> None:
        found = self._plans.get(key)
        if found is not None and found[0] is gone:
            del self._plans[key]
