"""What feeds ask the database when they join: together, so that many who join at once take a few statements."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.live.cursor import Positions
from app.live.entry import Entry
from app.store import conversations, follows, log, messages
from app.store.database import Database, Row
from app.store.follows import Friends
from app.store.messages import Span
from app.store.session_checks import SessionChecks
from app.store.together import Together

EventKey = tuple[UUID, int, int]

# Feeds that read a replay of their own at the same time: the rest wait, and the pool's other connections stay free.
REPLAYS_AT_ONCE = 3
# Friends of one person who are told that they come or go.
FRIENDS_TOLD = 2_000


class Knowledge:
    """Reads for those who join."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._replays = asyncio.Semaphore(REPLAYS_AT_ONCE)
        self.hidden_people = Together[UUID, list[UUID]](lambda ids: follows.hidden_people(database, ids)).get
        self.last_seq = Together[tuple[UUID, UUID], int](lambda keys: conversations.last_seqs(database, keys)).get
        self._sessions = SessionChecks(database)
        self._messages = Together[EventKey, Row](self._read_messages)

    async def has_cut_off(self, entry: Entry) -> bool:
        """Whether the log tells of a block or an end of a membership, behind an entry, that concerns its audience."""
        return await log.has_cut_off(self._database, entry.lane, entry.pos, entry.conversation_id, entry.audience)

    async def friends(self, ids: Sequence[UUID]) -> Mapping[UUID, Friends]:
        """Whom to tell when these people come and go."""
        return await follows.friends_of(self._database, ids, FRIENDS_TOLD)

    async def session_lives(self, session_id: UUID) -> bool:
        """Whether a session can still act."""
        return await self._sessions.person_of(session_id) is not None

    async def load_messages(self, entries: Sequence[Entry]) -> None:
        """Give entries the messages that they are about, where they have none yet."""
        lacking = {key: entry for entry in entries if (key := _event_key(entry))}
        if lacking:
            rows = await self._messages.get_all(list(lacking))
            for entry in entries:
                if (key := _event_key(entry)) and key in rows:
                    entry.load(rows[key])

    async def _read_messages(self, keys: Sequence[EventKey]) -> dict[EventKey, Row]:
        rows = await messages.for_events(self._database, keys)
        return {(row["conversation_id"], row["seq"], row["pos"]): row for row in rows}

    async def missed(self, viewer_id: UUID, after: Positions, until: Positions, limit: int) -> list[Row] | None:
        """What a person would have heard between two positions; None where retention has deleted some of it."""
        async with self._replays:
            rows = await log.read_for(self._database, viewer_id, after, until, limit)
            floors = await log.floors(self._database)  # afterwards: what is deleted while we read counts as missing
        return None if any(floors.get(lane, 0) > pos for lane, pos in enumerate(after)) else rows

    async def page(self, viewer_id: UUID, conversation_id: UUID, after: int, before: int, limit: int) -> list[Row]:
        """A conversation's messages between two seqs, as a person may see them."""
        async with self._replays:
            (rows,) = await messages.pages(self._database, viewer_id, [conversation_id], Span(limit, after, before))
            return rows


def _event_key(entry: Entry) -> EventKey | None:
    return (*entry.message_key, entry.pos) if entry.message is None and entry.message_key else None
