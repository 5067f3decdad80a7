"""Operations that see for themselves to whether their viewer may act, so that nobody has to ask beforehand."""

from typing import Final

from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode

from app.execution.definitions import field_of

CHECKS_VIEWER: Final = "checks_viewer"
"""Under which a mutation's metadata say that nothing comes of it before the viewer was found to be one who may act."""


def checks_viewer(schema: GraphQLSchema, operation: OperationDefinitionNode) -> bool:
    """Whether an operation is one such mutation and nothing else, whatever its variables."""
    only, *others = operation.selection_set.selections
    root = schema.get_root_type(operation.operation)
    if others or root is None or not isinstance(only, FieldNode) or only.directives:
        return False
    field = root.fields.get(only.name.value)
    definition = field_of(field) if field else None
    return definition is not None and bool(definition.metadata.get(CHECKS_VIEWER))
