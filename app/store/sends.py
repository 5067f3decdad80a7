"""A send: one statement that compares what the rules depend on with what they were judged on, then writes.

It holds no lock across a round trip, so that a process that stops in the middle of a send holds up nobody.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from app.store.database import Reader, Row
from app.store.events import EventKind, Sealed
from app.store.messages import Draft


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt: an end of the session, a replay, facts to be judged, or a message and its event."""

    session_lives: bool
    facts: Row
    replay_seq: int | None
    replay_hash: bytes | None
    sealed: Sealed | None


async def attempt(
    reader: Reader, sender_id: UUID, session_id: UUID, conversation_id: UUID, draft: Draft, judged: Row | None
) -> Attempt:
    """Send, if the facts are those that were `judged` good (None: see what they are); else write nothing.

    In a transaction it has to be the last statement: what it writes to the log locks a lane.
    """
    row = await reader.row(
        "SELECT * FROM send_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        sender_id, session_id, conversation_id, draft.client_key, draft.content_hash, judged,
        draft.kind, draft.text, draft.attachment_ids, draft.reply_to_seq,
    )  # fmt: skip
    assert row is not None
    sealed = _sealed(row, sender_id, conversation_id, draft) if row["message_seq"] else None
    return Attempt(row["session_lives"], row["facts"], row["replay_seq"], row["replay_hash"], sealed)


def _sealed(row: Row, sender_id: UUID, conversation_id: UUID, draft: Draft) -> Sealed:
    message = {
        "conversation_id": conversation_id, "seq": row["message_seq"], "sender_id": sender_id, "kind": draft.kind,
        "notice": None, "text": draft.text, "attachment_ids": list(draft.attachment_ids),
        "reply_to_seq": draft.reply_to_seq, "client_key": draft.client_key, "sent_at": row["said_at"],
        "edited_at": None, "unsent_at": None, "has_reactions": False, "in_group": not row["facts"]["is_direct"],
    }  # fmt: skip
    event = {
        "lane": row["event_lane"], "pos": row["event_pos"], "kind": EventKind.MESSAGE_ADDED.value,
        "topic": conversation_id, "audience": row["hearers"], "seq": row["message_seq"], "user_id": sender_id,
        "other_id": None, "occurred_at": row["event_at"],
    }  # fmt: skip
    return Sealed(event, message)


class Judgements:
    """Facts last judged good, so that most sends take one attempt; a stale or lost one costs a second, nothing else."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._facts: OrderedDict[Hashable, Row] = OrderedDict()

    def get(self, key: Hashable) -> Row | None:
        """The facts last judged good for this key."""
        return self._facts.get(key)

    def keep(self, key: Hashable, facts: Row) -> None:
        """Remember facts, at the expense of those that were used least recently."""
        self._facts[key] = facts
        self._facts.move_to_end(key)
        if len(self._facts) > self._most:
            self._facts.popitem(last=False)
