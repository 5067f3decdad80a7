"""What a subscriber holds: a conversation's messages (`conversation_feed.py`) or an inbox (`inbox_feed.py`).

Both join in the same way. They register with the hub, read what lies behind their own position, push it, and then push
what the hub handed them meanwhile; from then on they push at once and hold no task.
"""

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import TryAgainError
from app.execution.source import Sink, Source
from app.live.entry import Beat, Entry
from app.live.hearing import Hearing
from app.live.hub import Hub
from app.live.people import Person
from app.live.signals import Signal

# Further behind than this, loading afresh is cheaper for both sides.
REPLAY_LIMIT = 1_000

# Pushed in one go, well below what a socket holds for one subscription.
BREATH = 64


class Wrap(Protocol):
    """Makes what is pushed: the contract's object for a message row, an entry or a beat."""

    def __call__(self, told: Any, viewer_id: UUID, /, *, blocked: bool) -> Any:
        """Wrap it for a viewer; `blocked` says that a block stands between them and the message's sender."""


class JoiningFeed(Source[Any]):
    """A source that catches up before it goes live."""

    __slots__ = ("_conversation_id", "_held", "_hub", "_joining", "_sink", "person", "session_id", "viewer_id")

    person: Person

    def __init__(self, hub: Hub, viewer: Viewer, conversation_id: UUID | None) -> None:
        self._hub = hub
        self._conversation_id = conversation_id
        self._sink: Sink | None = None
        self._held: deque[Entry] | None = deque()
        self._joining: asyncio.Task[None] | None = None
        self.viewer_id = viewer.user_id
        self.session_id = viewer.session_id

    def start(self, sink: Sink) -> None:
        """Register, and catch up in a task that ends when the feed is live."""
        self._sink = sink
        self._joining = asyncio.create_task(self._join(), name="feed-join")

    def stop(self) -> None:
        """Leave the hub."""
        self._hub.leave(self, self._conversation_id)
        self._sink = None
        if self._joining:
            self._joining.cancel()

    def take(self, entry: Entry) -> None:
        """Push an entry, or hold it back until the feed has caught up."""
        if self._held is None:
            self._pass_on(entry)
        elif len(self._held) >= REPLAY_LIMIT:
            self.end(TryAgainError("Too much is happening at once. Subscribe again from where you are."))
        else:
            self._held.append(entry)

    def take_all(self, run: Sequence[Entry]) -> None:
        """The same for several."""
        for entry in run:
            self.take(entry)

    async def _join(self) -> None:
        try:
            await self._catch_up()
            number = 0
            while self._held:  # what comes during a breath is held behind it
                self._pass_on(self._held.popleft())
                number += 1
                await self._breathe(number)
            self._held = None
        except Exception as error:  # noqa: BLE001 - whatever it is, the subscriber is told and the feed is over
            self.end(error)
        finally:
            self._joining = None

    def end(self, error: Exception) -> None:
        """Leave the hub and tell the subscriber why."""
        sink, self._sink = self._sink, None
        self._hub.leave(self, self._conversation_id)
        if sink:
            self._finish(sink, error)

    def _finish(self, sink: Sink, error: Exception) -> None:
        sink.finish(error)

    def _push(self, event: object) -> None:
        if self._sink:
            self._sink.push(event)

    def _tell(self, told: Entry | Beat) -> None:
        """Push what is told to many, to be executed once for all who would get the same."""
        if self._sink:
            self._sink.push(self._heard(told) or self._hear(told))

    def _heard(self, told: Entry | Beat) -> Hearing | None:
        """As another feed of this person has just heard it."""
        return told.telling.hearings.get(self.person) if told.telling else None

    def _hear(self, told: Entry | Beat) -> Any:
        blocked = self._is_blocked(told)
        if told.telling is None:
            return self.wrapped(told, blocked=blocked)
        hearing = told.telling.hearings[self.person] = Hearing(self, told, told.telling, blocked=blocked)
        return hearing

    @property
    def hub(self) -> Hub:
        """Who hands over what is told."""
        return self._hub

    @abstractmethod
    def wrapped(self, told: Any, *, blocked: bool) -> Any:
        """The contract's object for what is told."""

    async def _breathe(self, number: int) -> None:
        """In a replay, wait now and then for the subscriber to take what was pushed."""
        if number % BREATH == 0 and self._sink:
            await self._sink.drained()

    def _is_blocked(self, told: Entry | Beat) -> bool:
        """Whether a block stands between the viewer and the sender of this entry's message."""
        if not isinstance(told, Entry) or told.message is None:
            return False
        return self.viewer_id in told.hidden_from or self.person.hides(told.message["sender_id"], told.lane)

    @abstractmethod
    def beat(self, beat: Beat) -> None:
        """Hear that nothing happened."""

    @abstractmethod
    def signal(self, signal: Signal) -> None:
        """Hear of what is true for a moment."""

    @abstractmethod
    async def _catch_up(self) -> None:
        """Join the hub, then push everything up to where it stood at that moment."""

    @abstractmethod
    def _pass_on(self, entry: Entry) -> None:
        """Push what the hub hands over once the feed is live."""
