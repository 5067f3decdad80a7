"""The static cost of an operation: how many values its response may have, before anything is executed.

Each field counts one, times the lengths of the lists it stands in. `first` and `last` tell the length of the list that
a field returns or, for a connection, of the lists right below it (`edges`, `nodes`). Of fragments on different object
types only the dearest counts, since an object has one type. Fragments are costed once each, so the time is linear in
the document's text.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.pyutils import Undefined

from app.execution.limits import Limits

PAGE_ARGUMENTS = ("first", "last")
INTROSPECTION = frozenset({"__schema", "__type"})
MAX_INT = 2**31 - 1


class Cost(NamedTuple):
    """What a selection set costs per object: `fixed`, and `per_page` for each item of its object's page."""

    fixed: int = 0
    per_page: int = 0

    def of(self, page: int) -> int:
        """The cost where the object is a connection with so many items."""
        return self.fixed + self.per_page * page

    def plus(self, other: "Cost") -> "Cost":
        """Both."""
        return Cost(self.fixed + other.fixed, self.per_page + other.per_page)

    def dearer(self, other: "Cost") -> "Cost":
        """An upper bound of either."""
        return Cost(max(self.fixed, other.fixed), max(self.per_page, other.per_page))


class CostOf:
    """The cost of one operation of a valid document.

    `variables` are the raw values sent with it. Without them (None) every page whose size is a variable counts with
    `limits.page_size`, and `depends` tells whether there was one.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        limits: Limits,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self.depends = False
        self._schema = schema
        self._limits = limits
        self._variables = variables
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._costs: dict[str, Cost] = {}
        root = schema.get_root_type(operation.operation)
        self.total = self._of(operation.selection_set, root).of(limits.list_size)

    def _of(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Cost:
        common = Cost()
        by_type: dict[str, Cost] = {}
        for node in selections.selections if selections else ():
            condition, cost = self._of_selection(node, parent)
            if isinstance(condition, GraphQLObjectType) and condition is not parent:
                by_type[condition.name] = by_type.get(condition.name, Cost()).plus(cost)
            else:
                common = common.plus(cost)
        dearest = Cost()
        for cost in by_type.values():
            dearest = dearest.dearer(cost)
        return common.plus(dearest)

    def _of_selection(
        self, node: SelectionNode, parent: GraphQLNamedType | None
    ) -> tuple[GraphQLNamedType | None, Cost]:
        """The type that an object must have for the selection to apply, and the cost where it does."""
        if isinstance(node, FieldNode):
            return parent, self._of_field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            condition = self._schema.get_type(fragment.type_condition.name.value)
            return condition, self._of_fragment(fragment, condition)
        type_condition = getattr(node, "type_condition", None)
        condition = self._schema.get_type(type_condition.name.value) if type_condition else parent
        return condition, self._of(getattr(node, "selection_set", None), condition)

    def _of_fragment(self, fragment: FragmentDefinitionNode, condition: GraphQLNamedType | None) -> Cost:
        name = fragment.name.value
        if name not in self._costs:
            self._costs[name] = self._of(fragment.selection_set, condition)
        return self._costs[name]

    def _of_field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Cost:
        name = node.name.value
        if name in INTROSPECTION:
            return Cost(self._limits.introspection_cost)
        field = self._schema.get_field(parent, name) if parent else None  # type: ignore[arg-type]
        if field is None or node.selection_set is None:
            return Cost(1)
        inner = self._of(node.selection_set, get_named_type(field.type))
        size = self._page_size(node, field)
        if _is_list(field.type):
            item = inner.of(self._limits.list_size)
            return Cost(1, item) if size is None else Cost(1 + size * item)
        return Cost(1 + inner.of(self._limits.list_size if size is None else size))

    def _page_size(self, node: FieldNode, field: GraphQLField) -> int | None:
        """The larger of the page arguments, or None where the field has none."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        sizes = [
            self._size(given.get(name), field.args[name].default_value) for name in PAGE_ARGUMENTS if name in field.args
        ]
        known = [size for size in [*sizes, self._keys(given.get("ids"))] if size is not None]
        if sizes and not known:
            return self._limits.page_size
        return max(known, default=None)

    def _keys(self, value: ValueNode | None) -> int | None:
        """How many objects a list of ids asks for."""
        if isinstance(value, VariableNode):
            self.depends = True
            ids = (self._variables or {}).get(value.name.value)
            return len(ids) if isinstance(ids, list) else self._limits.page_size
        return len(value.values) if isinstance(value, ListValueNode) else None

    def _size(self, value: ValueNode | None, default: Any) -> int | None:
        """What one page argument asks for; None where it is absent or null."""
        if isinstance(value, VariableNode):
            return self._variable_size(value.name.value, default)
        if isinstance(value, IntValueNode):
            return _clamped(value.value)
        if value is not None or default in (Undefined, None):
            return None
        return default if isinstance(default, int) else self._limits.page_size

    def _variable_size(self, name: str, default: Any) -> int | None:
        self.depends = True
        if self._variables is None:
            return self._limits.page_size
        if name not in self._variables:
            return self._size(self._defaults.get(name), default)
        size = self._variables[name]
        return min(max(size, 0), MAX_INT) if isinstance(size, int) else None


def _is_list(field_type: GraphQLOutputType) -> bool:
    return is_list_type(get_nullable_type(field_type))


def _clamped(literal: str) -> int:
    """The value of an int literal, which validation has found to be an Int unless it is too long to matter."""
    return min(max(int(literal), 0), MAX_INT) if len(literal) <= len(str(MAX_INT)) + 1 else MAX_INT
