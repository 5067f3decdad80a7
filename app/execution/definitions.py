"""What strawberry made the elements of a schema from."""

from typing import Any, Final

from strawberry.types.field import StrawberryField

DEFINITION: Final = "strawberry-definition"
"""Under which a type's or field's `extensions` hold it."""


def definition_of(element: Any) -> Any:
    """What a type or field was made from; None where strawberry did not make it."""
    return (element.extensions or {}).get(DEFINITION)


def field_of(element: Any) -> StrawberryField | None:
    """The same of a field."""
    definition = definition_of(element)
    return definition if isinstance(definition, StrawberryField) else None
