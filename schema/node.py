"""The Node interface."""

import strawberry

ID_DESCRIPTION = "Opaque and globally unique; `node(id:)` finds the object again."


@strawberry.interface(description="An object with an id that stays its own for life.")
class Node:
    __slots__ = ()

    id: strawberry.ID = strawberry.field(description=ID_DESCRIPTION)
