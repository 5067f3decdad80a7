"""What of the viewer the answer to an event depends on, as the schema's marks and the event itself tell.

A field whose value depends on who asks is marked in its metadata with *aspects*: bits to which the application gives a
meaning. From a selection follows which aspects of a viewer an answer depends on. Where the event is at hand more is
known: what its unions hold, and which of its batched fields have nothing to load. So the fields of a type that does
not occur in an event cost it nothing.

Fragments that `@include` or `@skip` leave out are counted all the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_object_type,
)
from strawberry.types.field import StrawberryField

from app.execution.batching import BATCHED, NOT_LOADED, BatchedField
from app.execution.definitions import definition_of, field_of
from app.execution.plain_fields import PLAIN_FIELD, PlainField

VIEWER_ASPECTS: Final = "viewer_aspects"
"""Under which a field's metadata hold the bits of what its value depends on; a field without depends on nothing."""

PRELOADED_VIEWER_ASPECTS: Final = "preloaded_viewer_aspects"
"""The same for a batched field whose parent came with its value; without, that makes no difference."""

Selections = tuple[SelectionSetNode, ...]


@dataclass(slots=True)
class _Branch:
    """Fields below a value of an event: what they add depends on what the value is."""

    read: Callable[[Any], Any]
    """From the object to the value; that of a batched field is not at hand, and this gives its key."""
    declared: GraphQLNamedType
    selections: Selections
    at_most: int
    """What they add where nothing is known of the value."""
    preloaded: int
    """What they add where the object came with the value of a batched field."""
    batched: BatchedField | None


@dataclass(slots=True)
class _Level:
    """The fields selected of one object type: what they depend on in any case, and what else its attributes decide."""

    aspects: int
    branches: tuple[_Branch, ...]


class ViewerAspects:
    """The aspects of the viewer that the answers of one subscription operation depend on, event by event."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._types: Mapping[type, GraphQLObjectType] = _types_of(schema)
        self._at_most: dict[tuple[int, str], int] = {}
        self._levels: dict[tuple[tuple[int, ...], str], _Level] = {}
        root = schema.get_root_type(operation.operation)
        assert root is not None
        [self._event] = self._grouped((operation.selection_set,), root).items()
        self._event_type = get_named_type(root.fields[self._event[0]].type)

    def of(self, event: object) -> int:
        """The aspects that the answer to this event, the value of the subscription field, depends on."""
        return self._of_value(event, self._event_type, self._event[1])

    def _of_value(self, value: object, declared: GraphQLNamedType, selections: Selections) -> int:
        found = self._types.get(type(value))
        if found is None or not self._fits(found, declared):
            return self._at_most_of(selections, declared)
        level = self._level(selections, found)
        aspects = level.aspects
        for branch in level.branches:
            if branch.at_most & ~aspects:
                aspects |= self._of_branch(branch, value)
        return aspects

    def _of_branch(self, branch: _Branch, parent: object) -> int:
        batched = branch.batched
        if batched is None:
            value = branch.read(parent)
            return 0 if value is None else self._of_value(value, branch.declared, branch.selections)
        if (known := batched.known(parent)) is not NOT_LOADED:
            return branch.preloaded if batched.value(known) else 0
        return 0 if branch.read(parent) is None else branch.at_most

    def _fits(self, found: GraphQLObjectType, declared: GraphQLNamedType) -> bool:
        return found is declared or (
            is_abstract_type(declared) and self._schema.is_sub_type(_abstract(declared), found)
        )

    def _level(self, selections: Selections, parent: GraphQLObjectType) -> _Level:
        key = (tuple(map(id, selections)), parent.name)  # comparing nodes compares all that is below
        if key not in self._levels:
            self._levels[key] = self._make_level(selections, parent)
        return self._levels[key]

    def _make_level(self, selections: Selections, parent: GraphQLObjectType) -> _Level:
        aspects, branches = 0, []
        for name, below in self._grouped(selections, parent).items():
            definition = parent.fields.get(name)
            if definition is None:  # __typename
                continue
            field = field_of(definition)
            own, declared = _aspects_of(field), get_named_type(definition.type)
            inner = self._at_most_of(below, declared)
            batched = field.metadata.get(BATCHED) if field else None
            if isinstance(batched, BatchedField):
                preloaded = _aspects_of(field, PRELOADED_VIEWER_ASPECTS, own) | inner
                branches.append(_Branch(batched.key_of, declared, below, own | inner, preloaded, batched))
                continue
            aspects |= own
            if read := _reader_of(field):
                branches.append(_Branch(read, declared, below, inner, inner, None))
            else:
                aspects |= inner
        return _Level(aspects, tuple(branch for branch in branches if branch.at_most & ~aspects))

    def _at_most_of(self, selections: Selections, declared: GraphQLNamedType) -> int:
        """What selections of a type depend on, whatever the value is."""
        aspects = 0
        for selection_set in selections:
            aspects |= self._at_most_of_set(selection_set, declared)
        return aspects

    def _at_most_of_set(self, selection_set: SelectionSetNode, declared: GraphQLNamedType) -> int:
        key = (id(selection_set), declared.name)
        if key not in self._at_most:
            aspects = 0
            for possible in self._possible(declared):
                for name, below in self._grouped((selection_set,), possible).items():
                    definition = possible.fields.get(name)
                    if definition is not None:
                        aspects |= _aspects_of(field_of(definition))
                        aspects |= self._at_most_of(below, get_named_type(definition.type))
            self._at_most[key] = aspects
        return self._at_most[key]

    def _possible(self, declared: GraphQLNamedType) -> list[GraphQLObjectType]:
        if is_abstract_type(declared):
            return self._schema.get_possible_types(_abstract(declared))
        return [declared] if isinstance(declared, GraphQLObjectType) else []

    def _grouped(self, selections: Selections, parent: GraphQLObjectType) -> dict[str, Selections]:
        """The fields selected of a type, by name (aliases and arguments make no difference), with what is below."""
        grouped: dict[str, Selections] = {}
        for node in self._fields(selections, parent, set()):
            below = (node.selection_set,) if node.selection_set else ()
            grouped[node.name.value] = grouped.get(node.name.value, ()) + below
        return grouped

    def _fields(self, selections: Selections, parent: GraphQLObjectType, spread: set[str]) -> Iterator[FieldNode]:
        for selection_set in selections:
            for node in selection_set.selections:
                if isinstance(node, FieldNode):
                    yield node
                elif isinstance(node, InlineFragmentNode):
                    if node.type_condition is None or self._applies(node.type_condition.name.value, parent):
                        yield from self._fields((node.selection_set,), parent, spread)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                    spread.add(node.name.value)
                    fragment = self._fragments[node.name.value]
                    if self._applies(fragment.type_condition.name.value, parent):
                        yield from self._fields((fragment.selection_set,), parent, spread)

    def _applies(self, condition: str, parent: GraphQLObjectType) -> bool:
        named = self._schema.get_type(condition)
        return named is parent or (
            named is not None and is_abstract_type(named) and self._schema.is_sub_type(_abstract(named), parent)
        )


def _abstract(named: GraphQLNamedType) -> GraphQLAbstractType:
    assert is_abstract_type(named)
    return named


def _reader_of(field: StrawberryField | None) -> Callable[[Any], Any] | None:
    """How the field's value is got from its object, where nothing but the object is needed."""
    if field is None:
        return None
    plain = field.metadata.get(PLAIN_FIELD)
    if isinstance(plain, PlainField):
        return plain.value
    return attrgetter(field.python_name) if field.is_basic_field else None


def _aspects_of(field: StrawberryField | None, key: str = VIEWER_ASPECTS, default: int = 0) -> int:
    return int(field.metadata.get(key, default)) if field else default


def _types_of(schema: GraphQLSchema) -> dict[type, GraphQLObjectType]:
    """Object types by the class of their values; not those of generic classes, which make several types of one."""
    found: dict[type, GraphQLObjectType] = {}
    ambiguous: set[type] = set()
    for named in schema.type_map.values():
        definition = definition_of(named)
        origin = getattr(definition, "origin", None)
        if is_object_type(named) and isinstance(named, GraphQLObjectType) and isinstance(origin, type):
            if origin in found:
                ambiguous.add(origin)
            found[origin] = named
    return {origin: named for origin, named in found.items() if origin not in ambiguous}
