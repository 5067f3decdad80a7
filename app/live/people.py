"""What a process knows of the people with feeds here: their feeds, and whom a block hides from them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from app.live.entry import Beat, Entry
from app.live.signals import Signal


class Feed(Protocol):
    """A subscriber's end: takes entries and beats in order, and its session's end."""

    viewer_id: UUID
    session_id: UUID
    person: "Person"
    """Set when the feed joins the hub."""

    def take(self, entry: Entry) -> None:
        """Hear of an entry."""

    def take_all(self, run: Sequence[Entry]) -> None:
        """Hear of messages that were said in one conversation in turn, as if one by one."""

    def beat(self, beat: Beat) -> None:
        """Hear that nothing happened."""

    def signal(self, signal: Signal) -> None:
        """Hear of what is true for a moment."""

    def end(self, error: Exception) -> None:
        """Hear nothing from this moment on."""


Load = Callable[[UUID], Awaitable[Collection[UUID] | None]]

NOBODY: dict[UUID, set[int]] = {}


@dataclass(slots=True, eq=False)
class Person:
    """What the hub knows of a person with feeds here: whom a block hides from them, lane by lane.

    A block stands in every lane, and each lane gets to it in its own time: what stands before it there was said
    before.
    `changes` are those that the log told while the blocks were loaded; they are applied again over what was found.
    """

    feeds: tuple[Feed, ...] = ()
    hidden: dict[UUID, set[int]] = field(default_factory=lambda: NOBODY)
    changes: list[tuple[UUID, int, bool]] | None = None
    loading: "asyncio.Task[None] | None" = None
    is_known: bool = False

    async def know(self, viewer_id: UUID, load: Load, lane_count: int) -> None:
        """See to it that the blocks are loaded, once for all feeds. Raises what loading raises."""
        if self.is_known:
            return
        if self.loading is None:
            self.loading = asyncio.create_task(self._load(viewer_id, load, lane_count))
        await asyncio.shield(self.loading)

    async def _load(self, viewer_id: UUID, load: Load, lane_count: int) -> None:
        self.changes = []
        try:
            found = await load(viewer_id)
            changes, self.changes = self.changes, None
            if found:
                self.hidden = {other_id: set(range(lane_count)) for other_id in found}
            for other_id, lane, hidden in changes:
                self.change(other_id, lane, hidden=hidden)
            self.is_known = True
        finally:
            self.changes = self.loading = None

    def hides(self, other_id: UUID | None, lane: int) -> bool:
        """Whether, where a lane has got to, a block stands between this person and another."""
        return other_id is not None and lane in self.hidden.get(other_id, ())

    def change(self, other_id: UUID, lane: int, *, hidden: bool) -> None:
        """Apply a block or its end, as one lane gets to it."""
        if self.hidden is NOBODY:
            self.hidden = {}
        lanes = self.hidden.setdefault(other_id, set())
        (lanes.add if hidden else lanes.discard)(lane)
        if not lanes:
            del self.hidden[other_id]
        if self.changes is not None:
            self.changes.append((other_id, lane, hidden))
