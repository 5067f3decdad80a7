"""One conversation's messages, from a seq on."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import NotFoundError, SnapshotRequiredError
from app.live.entry import Beat, Entry
from app.live.hub import Hub
from app.live.joining_feed import REPLAY_LIMIT, JoiningFeed, Wrap
from app.live.signals import Signal
from app.store.events import EventKind

# Looked up once: attributes of an enum take their time.
MESSAGE_ADDED = EventKind.MESSAGE_ADDED

# In the place of a seq, until the last one is known.
FROM_NOW_ON = -1


class ConversationFeed(JoiningFeed):
    """The messages of one conversation behind a seq, each once and in order."""

    __slots__ = ("_seq", "_wrap")

    def __init__(self, hub: Hub, viewer: Viewer, conversation_id: UUID, after_seq: int | None, wrap: Wrap) -> None:
        super().__init__(hub, viewer, conversation_id)
        self._seq = FROM_NOW_ON if after_seq is None else after_seq
        self._wrap = wrap

    def beat(self, beat: Beat) -> None:
        """Say nothing: the stream holds messages only."""

    def signal(self, signal: Signal) -> None:
        """Say nothing."""

    async def _catch_up(self) -> None:
        assert self._conversation_id
        await self._hub.tailer.reach_head()  # what ended an earlier stay is not taken for the end of this one
        self._hub.join(self, self._conversation_id)
        knowledge = self._hub.knowledge
        _, last_seq = await asyncio.gather(
            self._hub.know(self), knowledge.last_seq((self.viewer_id, self._conversation_id))
        )
        if last_seq is None:
            raise NotFoundError("conversation")
        if self._seq == FROM_NOW_ON:
            self._seq = last_seq
        if last_seq < self._seq:
            raise SnapshotRequiredError(f"The last message has seq {last_seq}: load the latest page first.")
        if last_seq - self._seq > REPLAY_LIMIT:
            raise SnapshotRequiredError(
                f"You are more than {REPLAY_LIMIT} messages behind: load the latest page first."
            )
        if last_seq > self._seq:
            await self._replay(self._conversation_id, self._seq, last_seq)

    async def _replay(self, conversation_id: UUID, after: int, last_seq: int) -> None:
        entries = self._hub.ring.said(self.viewer_id, conversation_id, after, last_seq)
        if entries is None:
            rows = await self._hub.knowledge.page(self.viewer_id, conversation_id, after, last_seq + 1, REPLAY_LIMIT)
            missed = [self._wrap(row, self.viewer_id, blocked=False) for row in rows]
        else:
            await self._hub.knowledge.load_messages(entries)
            missed = [self._hear(each) for each in entries if each.message and self.viewer_id in each.audience]
        for number, message in enumerate(missed, 1):
            self._push(message)
            await self._breathe(number)
        self._seq = last_seq

    def take(self, entry: Entry) -> None:
        """Push what is new in an entry, or hold it back; in few calls, where it may come a thousand times a message."""
        if self._held is not None or entry.kind is not MESSAGE_ADDED:
            super().take(entry)
        elif (message := self._new_in(entry)) is not None and self._sink is not None:
            self._sink.push(message)

    def take_all(self, run: Sequence[Entry]) -> None:
        """The same for messages that were said in turn: what is new in them is pushed in one go."""
        if self._held is not None:
            super().take_all(run)
        elif self._sink is not None:
            messages = (self._new_in(entry) for entry in run)
            self._sink.push_all([message for message in messages if message is not None])

    def _pass_on(self, entry: Entry) -> None:
        if entry.kind is MESSAGE_ADDED:
            if (message := self._new_in(entry)) is not None:
                self._push(message)
        elif entry.kind is EventKind.MEMBER_LEFT and entry.user_id == self.viewer_id:
            self.end(NotFoundError("conversation"))

    def _new_in(self, entry: Entry) -> Any:
        """What is to be pushed of a message's entry: None where the viewer has it, or may not."""
        seq, telling = entry.seq or 0, entry.telling
        if seq <= self._seq:
            return None
        message = telling.hearings.get(self.person) if telling is not None else None  # as `_heard`, a call less
        if message is None:
            if not entry.message or self.viewer_id not in entry.audience:
                return None
            message = self._hear(entry)
        self._seq = seq
        return message

    def wrapped(self, told: Entry, *, blocked: bool) -> Any:
        """The message of an entry."""
        return self._wrap(told.message, self.viewer_id, blocked=blocked)
