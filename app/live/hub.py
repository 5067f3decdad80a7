"""Routes the log's entries to the feeds of this process."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from app.errors import SnapshotRequiredError, UnauthenticatedError
from app.hints import Hints, LocalHints
from app.live.beats import Beats
from app.live.cursor import Cursors
from app.live.entry import Entry, Telling
from app.live.knowledge import Knowledge
from app.live.life import Observatory
from app.live.people import Feed, Person
from app.live.presence import Presence
from app.live.ring import Ring
from app.live.signals import TOPIC, Signal
from app.live.tailer import Tailer
from app.live.typists import Typists
from app.store import log
from app.store.database import Database
from app.store.events import EventKind

logger = logging.getLogger(__name__)

# Entries of each lane that a process begins with.
REMEMBERED = 1_000

# Entries that listeners of a conversation are told before others have a turn: in 0.3 ms, to which a turn adds 2 µs. A
# send takes some seven turns until it commits, so the next message is often there when all know of the last one.
TOLD_AT_ONCE = 32

# Sessions whose end is remembered, so that the other lanes' word of it is passed over.
ENDED_SESSIONS = 10_000


class Hub:
    """The feeds of this process, by person and by conversation."""

    def __init__(self, database: Database, tailer: Tailer, hints: Hints) -> None:
        self.tailer = tailer
        self.knowledge = Knowledge(database)
        self.typists = Typists(self)
        self.presence = Presence(self, self.knowledge.friends)
        self._hints = hints
        self.ring = Ring(tailer.positions)
        self.on_session_ended: Callable[[UUID], None] = lambda _session_id: None
        self._by_person: dict[UUID, tuple[Feed, ...]] = {}
        self._by_conversation: dict[UUID, tuple[Feed, ...]] = {}
        self._people: dict[UUID, Person] = {}
        self._ended: OrderedDict[UUID, None] = OrderedDict()
        self._beats = Beats(lambda: tailer.cursor)

    @classmethod
    async def open(cls, database: Database, secret: str, hints: Hints) -> "Hub":
        """Join the log where it ends now; who comes over from a process that has ended finds what it remembered."""
        observatory = Observatory()
        tailer = Tailer(database, secret.encode(), observatory, await observatory.look(database))
        hub = cls(database, tailer, hints)
        rows = await log.latest(database, tailer.positions, REMEMBERED)
        hub.ring = Ring.of([Entry.from_row(row) for row in rows], tailer.positions)
        tailer.start(hub, hints)
        hints.listen(TOPIC, hub._hear)
        hub.presence.start()
        return hub

    async def close(self) -> None:
        """Stop listening."""
        self._beats.stop()
        await self.presence.stop()
        self.typists.clear()
        await self.tailer.stop()

    @property
    def cursor(self) -> str:
        """The position of the last entry that was applied."""
        return self.tailer.cursor

    @property
    def cursors(self) -> Cursors:
        """The cursors of the log's present life."""
        return self.tailer.cursors

    def position_of(self, conversation_id: UUID) -> int:
        """How far the lane of a conversation's entries has been applied."""
        positions = self.tailer.positions
        return positions[conversation_id.bytes[-1] % len(positions)]

    def join(self, feed: Feed, conversation_id: UUID | None) -> None:
        """Register a feed for one conversation, or for all that its person may hear."""
        person = feed.person = self._people.setdefault(feed.viewer_id, Person())
        person.feeds = (*person.feeds, feed)
        index, key = self._place(feed, conversation_id)
        index[key] = (*index.get(key, ()), feed)
        if conversation_id is None:
            self._beats.join(feed)
            self.presence.arrived(feed.viewer_id)

    def leave(self, feed: Feed, conversation_id: UUID | None) -> None:
        """Forget a feed; one that has left already, or never joined, stays so."""
        index, key = self._place(feed, conversation_id)
        if feed not in index.get(key, ()):
            return
        index[key] = _without(index[key], feed)
        if not index[key]:
            del index[key]
            if conversation_id is None:
                self.presence.departed(feed.viewer_id)
        person = self._people[feed.viewer_id]
        person.feeds = _without(person.feeds, feed)
        if not person.feeds:
            del self._people[feed.viewer_id]
        self._beats.leave(feed)

    def _place(self, feed: Feed, conversation_id: UUID | None) -> tuple[dict[UUID, tuple[Feed, ...]], UUID]:
        return (self._by_conversation, conversation_id) if conversation_id else (self._by_person, feed.viewer_id)

    async def know(self, feed: Feed) -> None:
        """See to it that what the log told before the feed joined is known: blocks, and the end of its session.

        Raises:
            UnauthenticatedError: the session has ended.
        """
        lives = self.knowledge.session_lives(feed.session_id)
        person = self._people.get(feed.viewer_id)
        if person:
            known = person.know(feed.viewer_id, self.knowledge.hidden_people, self.cursors.lane_count)
            is_live, _ = await asyncio.gather(lives, known)
        else:
            is_live = await lives
        if not is_live:
            raise UnauthenticatedError("The session has ended. Sign in again.")

    async def holds(self, entry: Entry) -> bool:
        """Whether the log tells of no block and no end of a membership since, which a later read would have seen."""
        return not await self.knowledge.has_cut_off(entry)

    async def prepare(self, entries: Sequence[Entry]) -> None:
        """Load what the entries' hearers need; returns only when none that joined meanwhile lacks anything."""
        asked: set[Entry] = set()
        while missing := [e for e in entries if e.lacks_message and e not in asked and self._is_heard(e)]:
            await self.knowledge.load_messages(missing)
            asked.update(missing)

    def apply(self, entry: Entry) -> None:
        """Hand an entry to the inboxes that hear of it; the tailer stands at its position now.

        Those that have caught up are told within one step: what they are told in between would have a cursor beyond
        what they have heard.
        """
        self.ring.add(entry)
        if entry.kind is None:
            return
        self._apply_barrier(entry)
        self.typists.apply(entry)
        _tell((entry,), self._inboxes(entry), [Telling()])

    async def tell_listeners(self, run: Sequence[Entry]) -> None:
        """Hand what was applied just now to those who listen to its conversation, all of it to one after another."""
        listeners, tellings = self._listeners(run[0]), [Telling() for _ in run]
        told_at_once = max(TOLD_AT_ONCE // len(run), 1)
        for start in range(0, len(listeners), told_at_once):
            if start:
                await asyncio.sleep(0)
            _tell(run, listeners[start : start + told_at_once], tellings)
        for entry in run:
            entry.end_telling()

    def begin_anew(self) -> None:
        """Have everyone load the state afresh: what they were told belongs to another life of the log."""
        self.ring = Ring(self.tailer.positions)
        self.typists.clear()
        for person in list(self._people.values()):
            for feed in person.feeds:
                feed.end(SnapshotRequiredError("The database was restored or has failed over."))

    def signal(self, hearers: Iterable[UUID], signal: Signal) -> None:
        """Tell those who have an inbox open here, and whom no block keeps from the one it is about."""
        for hearer in hearers:
            if hearer in self._by_person and signal.user_id not in self._people[hearer].hidden:
                for feed in self._by_person[hearer]:
                    feed.signal(signal)

    def publish(self, body: dict[str, Any]) -> None:
        """Tell the other processes what is true for a moment."""
        if not isinstance(self._hints, LocalHints):
            self._hints.publish(TOPIC, self.tailer.envelope.seal(body))

    def _hear(self, payload: bytes) -> None:
        body: dict[str, Any] = self.tailer.envelope.open(payload) or {}
        for kind, said in body.items():
            if kind == "typing":
                self.typists.hear(said)
            else:
                self.presence.hear(kind, said)

    def _is_heard(self, entry: Entry) -> bool:
        return entry.conversation_id in self._by_conversation or any(
            person in self._by_person for person in entry.audience
        )

    def _inboxes(self, entry: Entry) -> list[Feed]:
        return [feed for person in entry.audience for feed in self._by_person.get(person, ())]

    def _listeners(self, entry: Entry) -> Sequence[Feed]:
        return self._by_conversation.get(entry.conversation_id, ()) if entry.conversation_id else ()

    def _apply_barrier(self, entry: Entry) -> None:
        if entry.kind is EventKind.SESSION_ENDED and entry.user_id and entry.other_id:
            self._end_session(entry.user_id, entry.other_id)
        elif entry.kind is EventKind.SETTINGS_CHANGED and entry.user_id:
            self.presence.reconsider(entry.user_id)
        elif entry.kind in {EventKind.BLOCKED, EventKind.UNBLOCKED} and entry.user_id and entry.other_id:
            for viewer_id, other_id in ((entry.user_id, entry.other_id), (entry.other_id, entry.user_id)):
                if person := self._people.get(viewer_id):
                    person.change(other_id, entry.lane, hidden=entry.kind is EventKind.BLOCKED)

    def _end_session(self, user_id: UUID, session_id: UUID) -> None:
        """End a session's feeds and sockets with the first lane that tells of it: sooner than they must."""
        if session_id in self._ended:
            return
        self._ended[session_id] = None
        if len(self._ended) > ENDED_SESSIONS:
            self._ended.popitem(last=False)
        person = self._people.get(user_id, Person())
        for feed in [feed for feed in person.feeds if feed.session_id == session_id]:
            feed.end(UnauthenticatedError("The session has ended. Sign in again."))
        self.on_session_ended(session_id)


def _tell(run: Sequence[Entry], feeds: Iterable[Feed], tellings: Sequence[Telling]) -> None:
    """Hand entries to feeds of one kind. Others, which may take up what they held meanwhile, share nothing of them."""
    for entry, telling in zip(run, tellings, strict=True):
        entry.telling = telling
    only = run[0] if len(run) == 1 else None
    for feed in feeds:
        try:
            if only is not None:
                feed.take(only)
            else:
                feed.take_all(run)
        except Exception as error:  # one feed's trouble must not cost the others the entries
            logger.exception("entries could not be handed on")
            feed.end(error)
    for entry in run:
        entry.telling = None


def _without(feeds: tuple[Feed, ...], feed: Feed) -> tuple[Feed, ...]:
    index = feeds.index(feed)
    return feeds[:index] + feeds[index + 1 :]
