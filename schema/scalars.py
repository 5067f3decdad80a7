"""Our own scalars."""

from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

Cursor = NewType("Cursor", str)

SCALARS: dict[object, ScalarDefinition] = {
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in the live stream, opaque: keep the latest one, and resume `inbox(after:)` with it.",
        serialize=str,
        parse_value=str,
    )
}
