"""How large a document may be: limits checked in time linear in its text, whatever it expands to.

Fragments make a short document stand for a very long one (each of n fragments that spreads the next twice doubles
it), so everything here is counted by arithmetic over fragments that were measured once, never by walking the expansion.
"""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

MAX_NESTING = 200
"""Selection sets within each other, fragments included, that are followed; the figure of graphql-core's parser."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may ask for. Counts are per operation and after the expansion of fragments unless said otherwise.

    The standard introspection query has 200 tokens, depth 15 and 230 fields. With these figures the worst document
    known to us takes 0.15 s of CPU to refuse (`tests/transport/test_hostile_documents.py` has a collection).
    """

    characters: int = 60_000
    """Length of the document's text."""
    tokens: int = 3_000
    """Lexical tokens of the document; comments and whitespace not counted."""
    operations: int = 50
    """Operations in the document (a playground sends all that its editor holds)."""
    fragments: int = 100
    """Fragment definitions in the document."""
    depth: int = 20
    """Fields within fields."""
    fields: int = 1_000
    aliases: int = 100
    root_fields: int = 30
    directives: int = 50
    merge_checks: int = 30_000
    """Comparisons of fields by the rule that overlapping fields can be merged, quadratic by nature; per document."""
    errors: int = 20
    """Errors reported, of validation and of variables."""
    cost: int = 50_000
    """Values in the response in the worst case, see `app.execution.cost`."""
    page_size: int = 100
    """What `first` or `last` count for where they are given but not known."""
    list_size: int = 10
    """Items counted for a list whose size nothing tells."""
    introspection_cost: int = 20_000
    """Flat cost of a `__schema` or `__type` field: what they return is bounded by the schema, but large."""


class LimitExceededError(Exception):
    """The text names the limit and its figure."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a selection set comes to when all fragments are expanded."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0


class Shapes:
    """Measures the shapes of one document; `visits` counts the nodes that were looked at, each of them once."""

    def __init__(self, document: DocumentNode) -> None:
        self.visits = 0
        self._nesting = 0
        self._shapes: dict[str, Shape] = {}
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def of(self, selections: SelectionSetNode | None) -> Shape:
        """The shape of a selection set; raises `LimitExceededError` where it nests too deeply to be followed.

        Unknown fragments and cycles count as nothing: validation refuses them.
        """
        if selections is None:
            return Shape()
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise LimitExceededError(f"The document nests more than {MAX_NESTING} selections.")
        depth = fields = aliases = root_fields = directives = 0
        for selection in selections.selections:
            shape = self._of_selection(selection)
            depth = max(depth, shape.depth)
            fields += shape.fields
            aliases += shape.aliases
            root_fields += shape.root_fields
            directives += shape.directives
        self._nesting -= 1
        return Shape(depth, fields, aliases, root_fields, directives)

    def _of_selection(self, node: SelectionNode) -> Shape:
        self.visits += 1
        own = len(node.directives or ())
        if isinstance(node, FieldNode):
            inner = self.of(node.selection_set)
            aliases = inner.aliases + (node.alias is not None)
            return Shape(inner.depth + 1, inner.fields + 1, aliases, 1, inner.directives + own)
        if isinstance(node, FragmentSpreadNode):
            inner = self._of_fragment(node.name.value)
        else:
            inner = self.of(node.selection_set if isinstance(node, InlineFragmentNode) else None)
        directives = inner.directives + own
        return Shape(inner.depth, inner.fields, inner.aliases, inner.root_fields, directives)

    def _of_fragment(self, name: str) -> Shape:
        known = self._shapes.get(name)
        if known is not None:
            return known
        self._shapes[name] = Shape()  # so that a cycle ends
        fragment = self._fragments.get(name)
        shape = self._shapes[name] = self.of(fragment.selection_set if fragment else None)
        return shape


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Raise `LimitExceededError` if the document or one of its operations is too large. Needs no valid document."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    _require("operations", len(operations), limits.operations)
    fragments = sum(isinstance(node, FragmentDefinitionNode) for node in document.definitions)
    _require("fragments", fragments, limits.fragments)
    shapes = Shapes(document)
    for operation in operations:
        shape = shapes.of(operation.selection_set)
        directives = shape.directives + _own_directives(operation)
        _require("levels of fields", shape.depth, limits.depth)
        _require("root fields", shape.root_fields, limits.root_fields)
        _require("fields", shape.fields, limits.fields)
        _require("aliases", shape.aliases, limits.aliases)
        _require("directives", directives, limits.directives)


def _own_directives(operation: OperationDefinitionNode) -> int:
    variables = sum(len(variable.directives or ()) for variable in operation.variable_definitions or ())
    return variables + len(operation.directives or ())


def _require(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise LimitExceededError(f"The document has {_figure(count)} {what}, and {limit} are allowed.")


def _figure(count: int) -> str:
    return str(count) if count < 10**9 else "more than a billion"
