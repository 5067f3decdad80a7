"""Fields whose values are loaded in batches, as strawberry sees them."""

import inspect
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import strawberry

from app.execution.batching import BATCHED, NOT_LOADED, Batch, BatchedField
from app.execution.plain_fields import (
    PLAIN_FIELD,
    ColumnField,
    ComputedField,
    EitherField,
    Expression,
    ItselfField,
    PlainField,
    RowsField,
    Serialised,
    Standing,
)
from app.execution.rows import RowClass
from app.execution.viewer_aspects import PRELOADED_VIEWER_ASPECTS, VIEWER_ASPECTS
from app.store.columns import Spared
from app.store.database import Row
from schema.context import Info

T = TypeVar("T")

AS_IT_IS = Expression("{v}")
"""Shows what a column holds, whatever is made of it in Python."""


def depends_on(aspects: int) -> dict[str, int]:
    """The metadata of a field whose value depends on these aspects of the viewer (`app/live/aspects.py`).

    Viewers who differ in them never share an execution that reads the field.
    """
    return {VIEWER_ASPECTS: aspects}


def loaded(
    batch: Batch,
    *,
    key: str | ColumnField,
    description: str,
    arguments: Callable[..., tuple[Hashable, ...]] | None = None,
    part: Callable[[Any], Any] | None = None,
    preloaded: str | ComputedField | None = None,
    repeats: str | ColumnField | None = None,
    standing: Standing | None = None,
    ahead: tuple[str, ...] = (),
    shown: Callable[[frozenset[str]], Hashable] | None = None,
    depends_on: int = 0,
    preloaded_depends_on: int | None = None,
) -> Any:
    """Declare a batched field: its type is the attribute's annotation, its arguments are those of `arguments`.

    `depends_on` are the aspects of the viewer that its value depends on, unless others are given for where the parent
    came with it.
    """
    declaration = BatchedField(batch, key, arguments, part, preloaded, repeats, standing, ahead, shown)
    metadata = {BATCHED: declaration, VIEWER_ASPECTS: depends_on}
    if preloaded_depends_on is not None:
        metadata[PRELOADED_VIEWER_ASPECTS] = preloaded_depends_on
    return strawberry.field(resolver=_resolver(declaration), description=description, metadata=metadata)


def spared(*groups: tuple[set[str], set[str]]) -> Callable[[frozenset[str]], Spared]:
    """Makes, of the names of fields that are shown, the columns that need not be read.

    A group is such fields, and the columns that nothing else needs: one by one, they would make too many statements.
    """

    def spare(shown: frozenset[str]) -> Spared:
        return frozenset().union(*[columns for fields, columns in groups if shown.isdisjoint(fields)])

    return spare


def column(
    name: str | int,
    *,
    description: str,
    compute: Callable[[Any], Any] | None = None,
    serialised: Serialised = None,
    depends_on: int = 0,
) -> Any:
    """Declare a field that is a column, by name or place, of the row that the type wraps in `row`.

    `compute` makes the value from what the column holds, and `serialised` what a leaf's becomes in the response, where
    True says that it is the same and need not be checked.
    """
    return _plain(ColumnField("row", name, compute, serialised), description, depends_on)


def computed(
    compute: Callable[..., Any],
    *,
    description: str,
    of: tuple[str, ...] = (),
    serialised: Serialised = None,
    depends_on: int = 0,
) -> Any:
    """Declare a field that is computed when it is asked for, from its object or from the attributes `of`.

    Its type is the annotation; `serialised` is as for `column`.
    """
    return _plain(ComputedField(compute, serialised, of), description, depends_on)


def itself(*, description: str, depends_on: int = 0) -> Any:
    """Declare a field whose value is its object itself, which stands for one of the annotation's type as well."""
    return _plain(ItselfField(), description, depends_on)


def either(
    compute: Callable[[Any], Any],
    row_class: RowClass[Any],
    where: Mapping[Any, Any],
    *,
    description: str,
    depends_on: int = 0,
) -> Any:
    """Declare a field that is computed from its object's row, or is an object of this class with the same row.

    The latter is so where the row has these values; None is nothing, or False.
    """
    return _plain(EitherField(compute, row_class, where), description, depends_on)


def listed(row_class: RowClass[Any], rows: str, *, description: str) -> Any:
    """Declare a field that is a list of objects of this class, whose rows are in an attribute of its object."""
    return _plain(RowsField(row_class, rows), description, 0)


def _plain(declaration: PlainField, description: str, depends_on: int) -> Any:
    def resolve(root: Any) -> Any:
        return declaration.value(root)

    resolve.__annotations__ = {"root": Any}  # strawberry takes the type from the attribute where this has none
    metadata = {PLAIN_FIELD: declaration, VIEWER_ASPECTS: depends_on}
    return strawberry.field(resolver=resolve, description=description, metadata=metadata)


def _resolver(field: BatchedField) -> Callable[..., Any]:
    """A resolver that a DataLoader serves."""

    async def load(value: Awaitable[Any]) -> Any:
        return field.value(await value)

    def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        following = field.following(arguments)
        known = field.known(root)
        if known is not NOT_LOADED:
            return field.value(known)
        key = field.key_of(root)
        if key is None:
            return None
        value = info.context.load(field.batch, key, *following)
        return load(value) if field.part else value

    _sign(resolve, field.arguments)
    return resolve


def _sign(resolve: Callable[..., Any], arguments: Callable[..., Any] | None) -> None:
    """Give the resolver the signature that strawberry reads: the parent by the name `root`, no type of its own."""
    own = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)
           for name, annotation in (("root", Any), ("info", Info))]  # fmt: skip
    added = list(inspect.signature(arguments).parameters.values()) if arguments else []
    resolve.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
    resolve.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *added)}


def in_order(keys: Iterable[Hashable], rows: Iterable[Row], wrap: Callable[[Row], T], by: str = "id") -> list[T | None]:
    """Rows wrapped and put in the order of the keys; None where a key has no row."""
    found = {row[by]: row for row in rows}
    return [wrap(found[key]) if key in found else None for key in keys]


def grouped(keys: Sequence[Hashable], rows: Iterable[Row], by: Callable[[Row], Hashable]) -> list[list[Row]]:
    """The rows of each key, in the order of the keys; rows keep theirs."""
    if len(keys) == 1:
        return [list(rows)]
    groups: dict[Hashable, list[Row]] = {key: [] for key in keys}
    for row in rows:
        groups[by(row)].append(row)
    return [groups[key] for key in keys]
