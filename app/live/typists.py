"""Who is typing where, as this process has heard."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.errors import TryAgainError
from app.live.entry import Entry
from app.live.signals import Stage, TypingSignal
from app.store.events import EventKind

# Seconds after which somebody who does not say so again is no longer typing.
TYPING_SECONDS = 6.0
# Seconds within which saying the same again is passed over.
RENEWAL_SECONDS = 2.0
# Changes of mind in a row, and how many are given back each second.
BURST, REFILL = 6.0, 1.0
# Conversations and people remembered for these bounds.
REMEMBERED = 10_000

Place = tuple[UUID, UUID]


@dataclass(slots=True)
class _Typist:
    hearers: Sequence[UUID]
    expiry: asyncio.TimerHandle


@dataclass(slots=True)
class _Allowance:
    said: bool
    said_at: float
    at: float
    left: float


class Typists:
    """The people who are typing, by conversation: each until a while has passed, they send, or leave."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._typists: dict[UUID, dict[UUID, _Typist]] = {}
        self._allowances: OrderedDict[Place, _Allowance] = OrderedDict()
        self._departures: OrderedDict[UUID, int] = OrderedDict()

    def is_known(self, conversation_id: UUID, user_id: UUID, *, is_typing: bool) -> bool:
        """Whether the same was told a moment ago, so that saying it again is passed over.

        Raises:
            TryAgainError: the person has changed their mind too often.
        """
        now = asyncio.get_running_loop().time()
        key = (conversation_id, user_id)
        known = self._allowances.pop(key, None) or _Allowance(
            said=False, said_at=now - TYPING_SECONDS, at=now, left=BURST
        )
        self._allowances[key] = known
        _bound(self._allowances)
        if known.said == is_typing and now - known.said_at < RENEWAL_SECONDS:
            return True
        known.left, known.at = min(BURST, known.left + (now - known.at) * REFILL), now
        if known.left < 1:
            raise TryAgainError("You say too often whether you type. Wait a moment.")
        known.left -= 1
        return False

    def tell(
        self, conversation_id: UUID, user_id: UUID, hearers: Sequence[UUID], checked_at: int, *, is_typing: bool
    ) -> None:
        """Tell here and elsewhere. `checked_at` is the lane's position before the hearers were looked up."""
        if allowance := self._allowances.get((conversation_id, user_id)):
            allowance.said, allowance.said_at = is_typing, asyncio.get_running_loop().time()
        self._change(conversation_id, user_id, hearers, is_typing=is_typing)
        self._stage.publish({"typing": [conversation_id, user_id, hearers, checked_at, is_typing]})

    def hear(self, body: Sequence[Any]) -> None:
        """Another process tells. What it checked before somebody left the conversation is passed over."""
        conversation_id, user_id = UUID(body[0]), UUID(body[1])
        if body[3] >= self._departures.get(conversation_id, 0):
            self._change(conversation_id, user_id, [UUID(hearer) for hearer in body[2]], is_typing=body[4])

    def of(self, conversation_id: UUID, viewer_id: UUID) -> list[UUID]:
        """Who is typing in a conversation, as a member may know."""
        typists = self._typists.get(conversation_id, {})
        return [user_id for user_id, typist in typists.items() if viewer_id in typist.hearers]

    def apply(self, entry: Entry) -> None:
        """Take notice of what ends typing: the message itself, and leaving."""
        conversation_id, user_id = entry.conversation_id, entry.user_id
        if conversation_id is None or user_id is None:
            return
        if entry.kind is EventKind.MESSAGE_ADDED:
            self._forget(conversation_id, user_id)
        elif entry.kind is EventKind.MEMBER_LEFT:
            self._departures.pop(conversation_id, None)
            self._departures[conversation_id] = entry.pos
            _bound(self._departures)
            self._forget(conversation_id, user_id)
            for typist in self._typists.get(conversation_id, {}).values():
                typist.hearers = [hearer for hearer in typist.hearers if hearer != user_id]

    def clear(self) -> None:
        """Forget everyone."""
        for conversation_id, typists in list(self._typists.items()):
            for user_id in list(typists):
                self._forget(conversation_id, user_id)
        self._departures.clear()

    def _change(self, conversation_id: UUID, user_id: UUID, hearers: Sequence[UUID], *, is_typing: bool) -> None:
        was_typing = self._forget(conversation_id, user_id)
        if is_typing:
            expiry = asyncio.get_running_loop().call_later(TYPING_SECONDS, self._expire, conversation_id, user_id)
            self._typists.setdefault(conversation_id, {})[user_id] = _Typist(hearers, expiry)
        if was_typing != is_typing:
            self._signal(conversation_id, user_id, hearers, is_typing=is_typing)

    def _expire(self, conversation_id: UUID, user_id: UUID) -> None:
        hearers = self._typists[conversation_id][user_id].hearers
        self._forget(conversation_id, user_id)
        self._signal(conversation_id, user_id, hearers, is_typing=False)

    def _forget(self, conversation_id: UUID, user_id: UUID) -> bool:
        typists = self._typists.get(conversation_id, {})
        typist = typists.pop(user_id, None)
        if typist:
            typist.expiry.cancel()
            if not typists:
                del self._typists[conversation_id]
        return typist is not None

    def _signal(self, conversation_id: UUID, user_id: UUID, hearers: Sequence[UUID], *, is_typing: bool) -> None:
        signal = TypingSignal(self._stage.cursor, datetime.now(UTC), conversation_id, user_id, is_typing)
        self._stage.signal(hearers, signal)


def _bound(table: OrderedDict[Any, Any]) -> None:
    if len(table) > REMEMBERED:
        table.popitem(last=False)
