"""Routes the log's entries to the feeds of this process."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from app.errors import UnauthenticatedError
from app.live.cursor import Cursors
from app.live.entry import Beat, Entry
from app.live.tailer import Tailer
from app.store import follows, log, messages, sessions
from app.store.database import Database
from app.store.events import EventKind

logger = logging.getLogger(__name__)

# Seconds between beats, so that a client (and every proxy on the way) can tell a quiet stream from a dead one.
BEAT_SECONDS = 20.0


class Feed(Protocol):
    """A subscriber's end: takes entries and beats in order, and its session's end."""

    viewer_id: UUID
    session_id: UUID

    def take(self, entry: Entry) -> None:
        """Hear of an entry."""

    def beat(self, beat: Beat) -> None:
        """Hear that nothing happened."""

    def end(self, error: Exception) -> None:
        """Hear nothing from this moment on."""


@dataclass(slots=True)
class Person:
    """What the hub knows of a person with feeds here: whom a block hides from them, lane by lane.

    A block stands in every lane, and each lane gets to it in its own time: what stands before it there was said before.
    `changes` are those that the log told; they are applied again over what was loaded meanwhile.
    """

    hidden: dict[UUID, set[int]] = field(default_factory=dict)
    changes: list[tuple[UUID, int, bool]] = field(default_factory=list)
    loading: asyncio.Task[None] | None = None
    feeds: "set[Feed]" = field(default_factory=set)

    async def know(self, database: Database, viewer_id: UUID, lane_count: int) -> None:
        """See to it that the blocks are loaded, once for all feeds."""
        failed = self.loading and self.loading.done() and (self.loading.cancelled() or self.loading.exception())
        if self.loading is None or failed:
            self.loading = asyncio.create_task(self._load(database, viewer_id, lane_count))
        await asyncio.shield(self.loading)

    async def _load(self, database: Database, viewer_id: UUID, lane_count: int) -> None:
        self.changes = []
        loaded = await follows.hidden_people(database, viewer_id)
        changes, self.changes = self.changes, []
        self.hidden = {other_id: set(range(lane_count)) for other_id in loaded}
        for other_id, lane, hidden in changes:
            self.change(other_id, lane, hidden=hidden)

    def change(self, other_id: UUID, lane: int, *, hidden: bool) -> None:
        """Apply a block or its end, as one lane gets to it."""
        lanes = self.hidden.setdefault(other_id, set())
        (lanes.add if hidden else lanes.discard)(lane)
        if not lanes:
            del self.hidden[other_id]
        if self.loading and not self.loading.done():
            self.changes.append((other_id, lane, hidden))


class Hub:
    """The feeds of this process, by person and by conversation."""

    def __init__(self, database: Database, cursors: Cursors, tailer: Tailer) -> None:
        self.database = database
        self.cursors = cursors
        self.tailer = tailer
        self.on_session_ended: Callable[[UUID], None] = lambda _session_id: None
        self._by_person: dict[UUID, set[Feed]] = {}
        self._by_conversation: dict[UUID, set[Feed]] = {}
        self._people: dict[UUID, Person] = {}
        self._beats: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, database: Database, secret: str) -> "Hub":
        """Join the log where it ends now."""
        identity = await log.identity(database)
        cursors = Cursors(secret.encode(), identity["epoch"], identity["lane_count"])
        positions = tuple(await log.heads(database, cursors.lane_count))
        hub = cls(database, cursors, Tailer(database, cursors, positions))
        hub.tailer.start(hub)
        hub._beats = asyncio.create_task(hub._beat(), name="hub-beats")
        return hub

    async def close(self) -> None:
        """Stop listening."""
        await self.tailer.stop()
        if self._beats:
            self._beats.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beats

    def join(self, feed: Feed, conversation_id: UUID | None) -> None:
        """Register a feed for one conversation, or for all that its person may hear."""
        self._people.setdefault(feed.viewer_id, Person()).feeds.add(feed)
        index, key = self._place(feed, conversation_id)
        index.setdefault(key, set()).add(feed)

    def leave(self, feed: Feed, conversation_id: UUID | None) -> None:
        """Forget a feed; one that has left already, or never joined, stays so."""
        index, key = self._place(feed, conversation_id)
        if feed not in index.get(key, ()):
            return
        index[key].remove(feed)
        if not index[key]:
            del index[key]
        person = self._people[feed.viewer_id]
        person.feeds.discard(feed)
        if not person.feeds:
            del self._people[feed.viewer_id]

    def _place(self, feed: Feed, conversation_id: UUID | None) -> tuple[dict[UUID, set[Feed]], UUID]:
        return (self._by_conversation, conversation_id) if conversation_id else (self._by_person, feed.viewer_id)

    async def know(self, feed: Feed) -> None:
        """See to it that what the log told before the feed joined is known: blocks, and the end of its session.

        Raises:
            UnauthenticatedError: the session has ended.
        """
        person = self._people.get(feed.viewer_id)
        if person:
            await person.know(self.database, feed.viewer_id, self.cursors.lane_count)
        if not await sessions.live(self.database, feed.session_id):
            raise UnauthenticatedError("The session has ended. Sign in again.")

    def hides(self, viewer_id: UUID, other_id: UUID | None, lane: int) -> bool:
        """Whether, where a lane has got to, a block stands between a person with a feed here and another."""
        person = self._people.get(viewer_id)
        return person is not None and other_id is not None and lane in person.hidden.get(other_id, ())

    async def prepare(self, entries: Sequence[Entry]) -> None:
        """Load what the entries' hearers need; returns only when none that joined meanwhile lacks anything."""
        asked: set[Entry] = set()
        while missing := [entry for entry in entries if entry not in asked and self._is_heard(entry)]:
            await self.load_messages(missing)
            asked.update(missing)

    def apply(self, entry: Entry) -> None:
        """Hand an entry to everyone who hears of it; the tailer stands at its position now."""
        if entry.kind is None:
            return
        self._apply_barrier(entry)
        for feed in self._feeds(entry):
            try:
                feed.take(entry)
            except Exception as error:  # one feed's trouble must not cost the others the entry
                logger.exception("an entry could not be handed on")
                feed.end(error)

    def _is_heard(self, entry: Entry) -> bool:
        return entry.conversation_id in self._by_conversation or any(
            person in self._by_person for person in entry.audience
        )

    def _feeds(self, entry: Entry) -> list[Feed]:
        feeds = [feed for person in entry.audience for feed in self._by_person.get(person, ())]
        return [*feeds, *(self._by_conversation.get(entry.conversation_id, ()) if entry.conversation_id else ())]

    async def load_messages(self, entries: Sequence[Entry]) -> None:
        """Give entries the rows of the messages that they are about: one statement for all."""
        keys = list({entry.message_key for entry in entries if entry.message_key})
        if keys:
            rows = {(row["conversation_id"], row["seq"]): row for row in await messages.for_events(self.database, keys)}
            for entry in entries:
                entry.message = rows.get(entry.message_key) if entry.message_key else None

    def _apply_barrier(self, entry: Entry) -> None:
        if entry.kind is EventKind.SESSION_ENDED and entry.user_id and entry.other_id:
            self._end_session(entry.user_id, entry.other_id)
        elif entry.kind in {EventKind.BLOCKED, EventKind.UNBLOCKED} and entry.user_id and entry.other_id:
            for viewer_id, other_id in ((entry.user_id, entry.other_id), (entry.other_id, entry.user_id)):
                if person := self._people.get(viewer_id):
                    person.change(other_id, entry.lane, hidden=entry.kind is EventKind.BLOCKED)

    def _end_session(self, user_id: UUID, session_id: UUID) -> None:
        person = self._people.get(user_id, Person())
        for feed in [feed for feed in person.feeds if feed.session_id == session_id]:
            feed.end(UnauthenticatedError("The session has ended. Sign in again."))
        self.on_session_ended(session_id)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            beat = Beat.now(self.tailer.cursor)
            for feeds in list(self._by_person.values()):
                for feed in list(feeds):
                    feed.beat(beat)
