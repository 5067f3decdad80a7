"""Batched fields: a field's value is loaded for many objects at once, by whoever executes it.

A declaration is data in a field's metadata. A DataLoader can serve it, object by object, and compiled execution calls
the batch once for all the objects of a level.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from app.execution.plain_fields import ColumnField, ComputedField, Standing

Batch = Callable[..., Awaitable[Sequence[Any]]]
"""`batch(context, keys, *arguments)`: the values of the keys, in their order. Keys are distinct and hashable."""

BATCHED: Final = "batched"
"""Under which a field's metadata hold its `BatchedField`."""


class NotLoaded:
    """What a `preloaded` attribute holds where the value has yet to be loaded; None would be a value."""


NOT_LOADED: Final = NotLoaded()


class Ahead(NamedTuple):
    """What a batched field below will ask for: what follows its keys there."""

    following: tuple[Hashable, ...]
    names: frozenset[str]
    """Of all fields below it: what is for none of them need not be read."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchedField:
    """Where the values of a field come from.

    The parent's attribute or column `key` holds what the value is loaded by; None there makes the field null.
    `arguments` turns the field's arguments (by their Python names) into what follows the keys, always the same for the
    same; it may raise a domain error. `part` takes the field's value out of what was loaded, where several fields share
    a batch. The attribute `preloaded` may hold what was loaded, for a parent that came with it, or `NOT_LOADED`; where
    many hold the same, the attribute or column `repeats` is equal for those (or None), and it is completed once. Or the
    parent's row is also that of what is loaded: see `Standing`.

    `ahead` leads down from the value, by names of fields, to another batched field. Where an operation selects that
    once, compiled execution passes an `Ahead` to the batch behind the other arguments, else None, so that one statement
    can load both and that field finds it `preloaded`. `shown` makes something of the names of all fields that an
    operation selects below the field; compiled execution passes that last of all, so that only what is shown is read.
    """

    batch: Batch
    key: str | ColumnField
    arguments: Callable[..., tuple[Hashable, ...]] | None = None
    part: Callable[[Any], Any] | None = None
    preloaded: str | ComputedField | None = None
    repeats: str | ColumnField | None = None
    standing: Standing | None = None
    ahead: tuple[str, ...] = ()
    shown: Callable[[frozenset[str]], Hashable] | None = None

    def key_of(self, source: Any) -> Any:
        """What the value is loaded by."""
        return self.key.value(source) if isinstance(self.key, ColumnField) else getattr(source, self.key)

    def known(self, source: Any) -> Any:
        """What the parent came with; `NOT_LOADED` where that has yet to be loaded."""
        if self.standing and self.standing.holds(source):
            return self.standing.value(source)
        if isinstance(self.preloaded, ComputedField):
            return self.preloaded.value(source)
        return getattr(source, self.preloaded) if self.preloaded else NOT_LOADED

    def following(self, arguments: Mapping[str, Any]) -> tuple[Hashable, ...]:
        """What follows the keys, from the field's arguments."""
        return self.arguments(**arguments) if self.arguments else ()

    def value(self, loaded: Any) -> Any:
        """The field's value, from what was loaded."""
        return self.part(loaded) if self.part else loaded
