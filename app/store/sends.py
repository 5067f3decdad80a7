"""A send: one statement that compares what the rules depend on with what they were found to allow, then writes.

It holds no lock across a round trip, so that a process that stops in the middle of a send holds up nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.store.database import Reader, Row, Transaction
from app.store.events import EventKind, Sealed
from app.store.messages import PROFILE_NAMES, Draft
from app.store.moments import write

# Facts that are kept. Those that the rules allow are a dozen: no names are among them, nor the birth dates of adults.
MOST_FACTS = 32


@dataclass(frozen=True, slots=True)
class Request:
    """A message to send. Without `may_write` only what an earlier call has sent and the facts are looked up."""

    sender_id: UUID
    session_id: UUID
    conversation_id: UUID
    draft: Draft
    may_write: bool = True

    def as_row(self) -> tuple[object, ...]:
        """The columns of the type `send_request`."""
        draft = self.draft
        return (
            self.sender_id, self.session_id, self.conversation_id, draft.client_key, draft.content_hash, self.may_write,
            draft.kind, draft.text, draft.attachment_ids, draft.reply_to_seq,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt: an end of the session, a replay, facts to be judged, or a message and its event."""

    session_lives: bool
    facts: Row | None
    replay_seq: int | None
    replay_hash: bytes | None
    sealed: Sealed | None


class Judgements:
    """The facts on which the rules were found to allow a send, so that nearly all sends take one attempt.

    They are nobody's in particular: a stale or lost one costs a second attempt, nothing else.
    """

    def __init__(self, minimum_age: int) -> None:
        self._minimum_age = minimum_age
        self._good: dict[tuple[object, ...], None] = {}

    @property
    def good(self) -> Sequence[tuple[object, ...]]:
        """Those that are known, as the columns of the type `send_facts`."""
        return list(self._good)

    def keep(self, facts: Row) -> None:
        """Remember facts that were judged good, at the expense of those that it is longest ago of."""
        values = tuple(facts.values())
        self._good.pop(values, None)
        self._good[values] = None
        if len(self._good) > MOST_FACTS:
            del self._good[next(iter(self._good))]

    def grown_up_by(self) -> date:
        """Who was born by this day is of age all over the world; of others the birth date is among the facts."""
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        return yesterday.replace(year=yesterday.year - self._minimum_age, day=min(yesterday.day, 28))


async def attempt_free(reader: Reader, requests: Sequence[Request], judgements: Judgements) -> list[Attempt | None]:
    """Send, each by itself, what has to wait for no lock; None for the rest. At most one of a conversation.

    What is found to be other than was judged good writes nothing.
    """
    return await _attempt("SELECT * FROM send_free_messages($1, $2, $3)", reader, requests, judgements)


async def attempt(reader: Reader, request: Request, judgements: Judgements) -> Attempt:
    """The same for one, waiting for its locks.

    In a transaction it has to be the last statement: what it writes to the log locks a lane.
    """
    [attempted] = await _attempt("SELECT * FROM send_messages($1, $2, $3)", reader, [request], judgements, waits=True)
    assert attempted
    return attempted


async def attempt_within(tx: Transaction, request: Request, judgements: Judgements) -> Attempt:
    """The same as part of a unit of work, which passes the event on when it has committed."""
    attempted = await attempt(tx, request, judgements)
    if attempted.sealed:
        tx.tell(attempted.sealed)
    return attempted


async def _attempt(
    sql: str, reader: Reader, requests: Sequence[Request], judgements: Judgements, *, waits: bool = False
) -> list[Attempt | None]:
    rows = await reader.rows(sql, [request.as_row() for request in requests], judgements.good, judgements.grown_up_by())
    attempts: list[Attempt | None] = [None] * len(requests)
    for row in rows:
        number = row["number"] - 1
        if row["is_held"] or waits:
            attempts[number] = _attempted(row, requests[number])
    return attempts


def _attempted(row: Row, request: Request) -> Attempt:
    sealed = _sealed(row, request) if row["message_seq"] else None
    return Attempt(row["session_lives"], row["facts"], row["replay_seq"], row["replay_hash"], sealed)


def _sealed(row: Row, request: Request) -> Sealed:
    draft, conversation_id, sender_id = request.draft, request.conversation_id, request.sender_id
    message = {
        "conversation_id": conversation_id, "seq": row["message_seq"], "sender_id": sender_id, "kind": draft.kind,
        "notice": None, "text": draft.text, "attachment_ids": list(draft.attachment_ids),
        "reply_to_seq": draft.reply_to_seq, "client_key": draft.client_key, "edited_at": None, "unsent_at": None,
        "sent_text": write(row["said_at"]), "has_reactions": False, "in_group": row["in_group"],
        **{name: row[name] for name in PROFILE_NAMES},
    }  # fmt: skip
    event = {
        "lane": row["event_lane"], "pos": row["event_pos"], "kind": EventKind.MESSAGE_ADDED.value,
        "topic": conversation_id, "audience": row["hearers"], "seq": row["message_seq"], "user_id": sender_id,
        "other_id": None, "occurred_at": row["event_at"],
    }  # fmt: skip
    return Sealed(event, message)
