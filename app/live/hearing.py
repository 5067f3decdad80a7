"""An entry of the log as one person hears it, so that people who would be told the same share one execution."""

from collections.abc import Hashable
from typing import Any, Protocol
from uuid import UUID

from app.execution.sharing import SharedEvent
from app.live.aspects import BLOCKS, MEMBER, NOW, OWN, SELF, SESSION
from app.live.entry import Beat, Entry, Telling
from app.live.hub import Hub
from app.live.people import Person
from app.store.events import EventKind

# Kinds whose audience are members of the conversation; who left is in the audience of MEMBER_LEFT as well.
_TOLD_TO_MEMBERS = frozenset(
    {
        EventKind.MESSAGE_ADDED,
        EventKind.MESSAGE_EDITED,
        EventKind.MESSAGE_UNSENT,
        EventKind.REACTIONS_CHANGED,
        EventKind.MEMBER_JOINED,
        EventKind.MEMBER_LEFT,
        EventKind.CONVERSATION_CHANGED,
        EventKind.READ_MOVED,
    }
)


ALIKE = ()
"""How all stand to what depends on nothing of them."""


class Hearer(Protocol):
    """The person's feed that hears it first."""

    viewer_id: UUID
    person: Person

    @property
    def hub(self) -> Hub:
        """What knows of blocks that have committed."""

    def wrapped(self, told: Any, *, blocked: bool) -> Any:
        """The contract's object for what is told; `blocked`: a block stands between viewer and sender."""


class Hearing(SharedEvent):
    """What is told to one person. Those whom a block keeps from the message's sender have a memo of their own."""

    __slots__ = ("_blocked", "_feed", "_told")

    def __init__(self, feed: Hearer, told: Entry | Beat, telling: Telling, *, blocked: bool) -> None:
        self._feed = feed
        self._told = told
        self._blocked = blocked
        self.answers = {}
        self.memo = telling.memos[blocked]
        self.viewer = feed.viewer_id

    @property
    def root(self) -> Any:
        """The contract's object."""
        return self._feed.wrapped(self._told, blocked=self._blocked)

    def standing(self, aspects: int) -> Hashable | None:
        """How the viewer stands to the event, as far as its lane has been applied."""
        viewer_id, told = self._feed.viewer_id, self._told
        if aspects & SESSION:
            return None
        if aspects & SELF or (aspects & BLOCKS and self._feed.person.hidden):
            return viewer_id
        if not aspects & (OWN | MEMBER):
            return ALIKE
        if not isinstance(told, Entry) or told.kind not in _TOLD_TO_MEMBERS:
            return viewer_id
        is_own = bool(aspects & OWN and told.message and told.message["sender_id"] == viewer_id)
        has_left = bool(aspects & MEMBER and told.kind is EventKind.MEMBER_LEFT and told.user_id == viewer_id)
        return is_own, has_left

    async def holds(self, aspects: int) -> bool:
        """Whether the log tells of no block and no end of a membership since, which a later read would have seen."""
        told = self._told
        if not aspects & NOW or not isinstance(told, Entry):
            return True
        return await self._feed.hub.holds(told)
