"""Declared loader fields: a field names the attribute that holds its key and the function that loads many at once.

The declaration is data (`field.metadata["loader"]`), so that whoever executes a level of a list can call the batch
once. Today a DataLoader does.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry

from app.store.database import Row
from schema.context import Batch, Info

T = TypeVar("T")

# The mark of fields whose value depends on the viewer: executions may be shared among viewers only without them.
VIEWER = {"viewer_dependent": True}


@dataclass(frozen=True, slots=True)
class LoaderField:
    """Where a field's value comes from: `batch(operation, keys)` for the values of attribute `key`; null gives null."""

    batch: Batch
    key: str


def loaded(batch: Batch, *, key: str, description: str, viewer_dependent: bool = False) -> Any:
    """Declare a field that is loaded in batches; its type is the attribute's annotation."""
    declaration = LoaderField(batch, key)

    def resolve(root: Any, info: Info) -> Any:
        value = getattr(root, declaration.key)
        return None if value is None else info.context.load(declaration.batch, value)

    metadata = {"loader": declaration, **(VIEWER if viewer_dependent else {})}
    return strawberry.field(resolver=_as_resolver(resolve), description=description, metadata=metadata)


def _as_resolver(resolve: Callable[..., Any]) -> Callable[..., Any]:
    # Strawberry takes the parent by the name `root`, and the type from the attribute where this has none.
    resolve.__annotations__ = {"root": Any, "info": Info}
    return resolve


def in_order(keys: Iterable[Hashable], rows: Iterable[Row], wrap: Callable[[Row], T], by: str = "id") -> list[T | None]:
    """Rows wrapped and put in the order of the keys; None where a key has no row."""
    found = {row[by]: row for row in rows}
    return [wrap(found[key]) if key in found else None for key in keys]


def grouped(keys: Sequence[Hashable], rows: Iterable[Row], by: Callable[[Row], Hashable]) -> list[list[Row]]:
    """The rows of each key, in the order of the keys; rows keep theirs."""
    groups: dict[Hashable, list[Row]] = {key: [] for key in keys}
    for row in rows:
        groups[by(row)].append(row)
    return [groups[key] for key in keys]
