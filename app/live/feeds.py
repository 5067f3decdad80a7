"""What a subscriber holds: one conversation's messages from a seq on, or a person's inbox from a cursor on.

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
from app.errors import NotFoundError, SnapshotRequiredError, TryAgainError
from app.execution.source import Sink, Source
from app.live.cursor import Positions
from app.live.entry import Beat, Entry, Restart
from app.live.hearing import Hearing
from app.live.hub import Hub
from app.live.people import Person
from app.live.signals import Signal
from app.store.events import EventKind

# Further behind than this, loading afresh is cheaper for both sides.
REPLAY_LIMIT = 1_000

# Looked up once: attributes of an enum take their time.
MESSAGE_ADDED = EventKind.MESSAGE_ADDED

# Pushed in one go, well below what a socket holds for one subscription.
BREATH = 64


class Wrap(Protocol):
    """Makes what is pushed: the contract's object for a message row, an entry or a beat."""

    def __call__(self, told: Any, viewer_id: UUID, /, *, hidden: bool) -> Any:
        """Wrap it for a viewer; `hidden` says that a block hides the message's content."""


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
        if self._held is not None and len(self._held) >= REPLAY_LIMIT:
            self.end(TryAgainError("Too much is happening at once. Subscribe again from where you are."))
        elif self._held is not None:
            self._held.append(entry)
        elif self._sink:
            self._pass_on(entry)

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
        hidden = self._hides_content(told)
        if told.telling is None:
            return self.wrapped(told, hidden=hidden)
        hearing = told.telling.hearings[self.person] = Hearing(self, told, told.telling, hidden=hidden)
        return hearing

    @property
    def hub(self) -> Hub:
        """Who hands over what is told."""
        return self._hub

    @abstractmethod
    def wrapped(self, told: Any, *, hidden: bool) -> Any:
        """The contract's object for what is told."""

    async def _breathe(self, number: int) -> None:
        """In a replay, wait now and then for the subscriber to take what was pushed."""
        if number % BREATH == 0 and self._sink:
            await self._sink.drained()

    def _hides_content(self, told: Entry | Beat) -> bool:
        """Whether a block hides what this entry's message says: in groups only."""
        if not isinstance(told, Entry):
            return False
        row = told.message
        if row is None or not row["in_group"]:
            return False
        return self.viewer_id in told.hidden_from or self.person.hides(row["sender_id"], told.lane)

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


class ConversationFeed(JoiningFeed):
    """The messages of one conversation behind a seq, each once and in order."""

    __slots__ = ("_seq", "_wrap")

    def __init__(self, hub: Hub, viewer: Viewer, conversation_id: UUID, after_seq: int | None, wrap: Wrap) -> None:
        super().__init__(hub, viewer, conversation_id)
        self._seq = after_seq
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
        if self._seq is None:
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
            missed = [self._wrap(row, self.viewer_id, hidden=row["hidden"]) for row in rows]
        else:
            await self._hub.knowledge.load_messages(entries)
            missed = [self._hear(each) for each in entries if each.message and self.viewer_id in each.audience]
        for number, message in enumerate(missed, 1):
            self._push(message)
            await self._breathe(number)
        self._seq = last_seq

    def _pass_on(self, entry: Entry) -> None:
        if entry.kind is MESSAGE_ADDED:
            assert entry.seq
            assert self._seq is not None
            heard = self._heard(entry)
            if entry.seq > self._seq and entry.message and (heard or self.viewer_id in entry.audience):
                self._seq = entry.seq
                self._push(heard or self._hear(entry))
        elif entry.kind is EventKind.MEMBER_LEFT and entry.user_id == self.viewer_id:
            self.end(NotFoundError("conversation"))

    def wrapped(self, told: Entry, *, hidden: bool) -> Any:
        """The message of an entry."""
        return self._wrap(told.message, self.viewer_id, hidden=hidden)


class InboxFeed(JoiningFeed):
    """Everything that a person may hear, behind a cursor; it opens with a beat, which says that the stream stands.

    Where it can't go on it tells so by a `Restart` and is over: there the client learns from where to go on.
    """

    __slots__ = ("_after", "_wrap")

    def __init__(self, hub: Hub, viewer: Viewer, after: str | None, wrap: Wrap) -> None:
        super().__init__(hub, viewer, None)
        self._after = after
        self._wrap = wrap

    def beat(self, beat: Beat) -> None:
        """Pass the beat on, unless the feed is still catching up."""
        if self._held is None:
            self._tell(beat)

    def signal(self, signal: Signal) -> None:
        """Pass on what may as well get lost: only where nothing that may not is waiting."""
        if self._held is None and self._sink and self._sink.idle:
            self._push(self.wrapped(signal, hidden=False))

    def _finish(self, sink: Sink, error: Exception) -> None:
        if not isinstance(error, SnapshotRequiredError):
            sink.finish(error)
            return
        sink.push(self.wrapped(Restart.now(self._hub.tailer.cursor, error.reason), hidden=False))
        sink.finish()

    async def _catch_up(self) -> None:
        hub = self._hub
        life, after = hub.tailer.life, hub.cursors.decode(self._after) if self._after is not None else None
        self._after = None
        if not after:
            await hub.tailer.reach_head()  # what was acknowledged before is not told again
        elif not await hub.tailer.reach(after):
            raise SnapshotRequiredError("This cursor is ahead of the log.")
        if hub.tailer.life is not life:
            raise SnapshotRequiredError("The database was restored or has failed over.")
        positions = hub.tailer.positions
        recent = hub.ring.heard_by(self.viewer_id, after, REPLAY_LIMIT + 1) if after and hub.ring.holds(after) else None
        opening = Beat.now(hub.cursors.encode(after or positions))
        hub.join(self, None)
        await hub.know(self)
        if after and recent is None and after != positions:
            recent = await self._missed(after, positions)
        if recent and len(recent) > REPLAY_LIMIT:
            raise SnapshotRequiredError(f"You are more than {REPLAY_LIMIT} events behind: load the state afresh.")
        self._push(self.wrapped(opening, hidden=False))
        if after and recent:
            await self._replay(recent, after)

    async def _missed(self, after: Positions, until: Positions) -> list[Entry]:
        rows = await self._hub.knowledge.missed(self.viewer_id, after, until, REPLAY_LIMIT + 1)
        if rows is None:
            raise SnapshotRequiredError("This cursor is older than the log: load the state afresh.")
        return [Entry.from_row(row) for row in rows]

    async def _replay(self, entries: Sequence[Entry], after: Positions) -> None:
        await self._hub.knowledge.load_messages(entries)
        reached = list(after)
        for number, entry in enumerate(entries, 1):
            reached[entry.lane] = entry.pos
            entry.cursor = self._hub.cursors.encode(tuple(reached))
            if self.viewer_id in entry.audience:
                self._pass_on(entry)
            await self._breathe(number)

    def _pass_on(self, entry: Entry) -> None:
        if entry.kind is not None and not self._is_hidden(entry):
            self._tell(entry)

    def wrapped(self, told: Entry | Beat | Restart | Signal, *, hidden: bool) -> Any:
        """The inbox's event for what is told."""
        return self._wrap(told, self.viewer_id, hidden=hidden)

    def _is_hidden(self, entry: Entry) -> bool:
        # What somebody behind a block says in a shared group is told without its content, so that no seq is missing;
        # of what else they do nothing is told.
        return entry.kind is not EventKind.MESSAGE_ADDED and self.person.hides(entry.user_id, entry.lane)
