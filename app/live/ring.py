"""The latest entries of the log, in memory: who was away for a moment catches up without a look at the database."""

import copy
import heapq
from collections import deque
from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from app.live.cursor import Positions
from app.live.entry import Entry
from app.store.events import EventKind

MOST_ENTRIES = 20_000
MOST_BYTES = 32 * 1024 * 1024

# What an entry takes besides its hearers and its message's text: with two of them and 60 characters 1,650 bytes were
# measured (tracemalloc, message row as a dict).
ENTRY_BYTES = 1_350
PER_HEARER_BYTES = 90

MessageKey = tuple[UUID, int]
VERSIONS: frozenset[EventKind | None] = frozenset({EventKind.MESSAGE_EDITED, EventKind.MESSAGE_UNSENT})


class Ring:
    """Entries in the order in which they were applied, without a gap behind `start`."""

    def __init__(self, start: Positions) -> None:
        self.start = start
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._by_person: dict[UUID, deque[Entry]] = {}
        self._versions: dict[MessageKey, Entry] = {}
        self._reactions: dict[MessageKey, Entry] = {}

    @classmethod
    def of(cls, latest: Sequence[Entry], positions: Positions) -> "Ring":
        """A ring that begins with entries that stand before these positions, in the order of each lane."""
        lanes = [[entry for entry in latest if entry.lane == lane] for lane in range(len(positions))]
        ring = cls(tuple(own[0].pos - 1 if own else head for own, head in zip(lanes, positions, strict=True)))
        for entry in heapq.merge(*lanes, key=lambda entry: entry.occurred_at):
            ring.add(entry)
        return ring

    def add(self, entry: Entry) -> None:
        """Keep the entry that was just applied, and drop the oldest where there is no room."""
        self._entries.append(entry)
        self._bytes += _size(entry)
        for person in entry.audience:
            self._by_person.setdefault(person, deque()).append(entry)
        latest = self._latest_of(entry)
        if latest is not None and entry.message_key:
            latest[entry.message_key] = entry
        while len(self._entries) > MOST_ENTRIES or self._bytes > MOST_BYTES:
            self._drop()

    def _drop(self) -> None:
        entry = self._entries.popleft()
        self._bytes -= _size(entry)
        self.start = (*self.start[: entry.lane], entry.pos, *self.start[entry.lane + 1 :])
        for person in entry.audience:
            heard = self._by_person[person]
            heard.popleft()
            if not heard:
                del self._by_person[person]
        latest = self._latest_of(entry)
        if latest is not None and entry.message_key and latest.get(entry.message_key) is entry:
            del latest[entry.message_key]

    def _latest_of(self, entry: Entry) -> dict[MessageKey, Entry] | None:
        """Where an entry's message has its latest entry of this sort, if these are looked for."""
        if entry.kind is EventKind.REACTIONS_CHANGED:
            return self._reactions
        return self._versions if entry.kind in VERSIONS else None

    def holds(self, after: Positions) -> bool:
        """Whether everything behind these positions is here."""
        return all(wanted >= start for wanted, start in zip(after, self.start, strict=True))

    def heard_by(self, viewer_id: UUID, after: Positions, limit: int) -> list[Entry]:
        """What a person may hear of what came behind these positions, up to `limit` of it; copies, as of now.

        As `log.read_for` does it: of conversations that the person has left since, that they left; of messages the
        latest version, so that nothing comes back that was unsent. A copy without a message has yet to be loaded.
        Reactions to a message have to be looked up only where some of them changed behind its coming.
        """
        heard = [entry for entry in self._by_person.get(viewer_id, ()) if entry.pos > after[entry.lane]]
        left = _conversations_left(viewer_id, heard)
        wanted = islice((entry for entry in heard if _is_for(entry, viewer_id, left)), limit)
        return [self._as_of_now(entry, viewer_id) for entry in wanted]

    def said(self, viewer_id: UUID, conversation_id: UUID, after: int, last: int) -> list[Entry] | None:
        """The messages of a conversation behind one seq up to another, as `heard_by`; None where not all are here."""
        said = [
            entry
            for entry in self._by_person.get(viewer_id, ())
            if entry.kind is EventKind.MESSAGE_ADDED
            and entry.conversation_id == conversation_id
            and after < (entry.seq or 0) <= last
        ]
        return [self._as_of_now(entry, viewer_id) for entry in said] if len(said) == last - after else None

    def _as_of_now(self, entry: Entry, viewer_id: UUID) -> Entry:
        own = copy.copy(entry)
        own.telling = None
        version = self._versions.get(entry.message_key) if entry.message_key else None
        if version is not None and version.pos > entry.pos:
            own.message = version.message if viewer_id in version.audience else None
            own.hidden_from = version.hidden_from
        if own.message is not None and entry.kind is EventKind.MESSAGE_ADDED:
            own.message = {**own.message, "has_reactions": entry.message_key in self._reactions}
        return own


def _size(entry: Entry) -> int:
    text = entry.message["text"] if entry.message else None
    return ENTRY_BYTES + PER_HEARER_BYTES * len(entry.audience) + 2 * len(text or "")


def _conversations_left(viewer_id: UUID, entries: Sequence[Entry]) -> set[UUID | None]:
    left: set[UUID | None] = set()
    for entry in entries:
        if entry.user_id == viewer_id and entry.kind is EventKind.MEMBER_LEFT:
            left.add(entry.conversation_id)
        elif entry.user_id == viewer_id and entry.kind is EventKind.MEMBER_JOINED:
            left.discard(entry.conversation_id)
    return left


def _is_for(entry: Entry, viewer_id: UUID, left: set[UUID | None]) -> bool:
    is_own_leaving = entry.kind is EventKind.MEMBER_LEFT and entry.user_id == viewer_id
    return is_own_leaving == (entry.conversation_id in left)
