"""The event log's writing side.

A transaction leaves its events in `outbox` as one row. A deferred constraint trigger moves them to `events` at COMMIT:
it takes the lanes' advisory locks in ascending order and gives each event the next position of its lane. The locks
are held until the commit is visible, so whatever stands below a visible position of a lane is visible too.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class EventKind(StrEnum):
    """What happened. Barriers are written to every lane."""

    MESSAGE_ADDED = "MESSAGE_ADDED"
    MESSAGE_EDITED = "MESSAGE_EDITED"
    MESSAGE_UNSENT = "MESSAGE_UNSENT"
    REACTIONS_CHANGED = "REACTIONS_CHANGED"
    MEMBER_JOINED = "MEMBER_JOINED"
    MEMBER_LEFT = "MEMBER_LEFT"
    CONVERSATION_CHANGED = "CONVERSATION_CHANGED"
    READ_MOVED = "READ_MOVED"
    UPLOAD_CHANGED = "UPLOAD_CHANGED"
    BLOCKED = "BLOCKED"
    UNBLOCKED = "UNBLOCKED"
    SESSION_ENDED = "SESSION_ENDED"
    SETTINGS_CHANGED = "SETTINGS_CHANGED"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry for the log.

    `topic` decides the lane: the conversation, else the user; None writes a barrier into every lane. `audience` are the
    people who may hear of it, as the transaction knew them under its locks. `seq` is the message it is about.
    """

    kind: EventKind
    topic: UUID | None
    audience: Sequence[UUID] = ()
    seq: int | None = None
    user_id: UUID | None = None
    other_id: UUID | None = None

    def as_json(self) -> dict[str, object]:
        """The form that the trigger `seal_events` reads."""
        return {
            "kind": self.kind,
            "topic": self.topic,
            "audience": self.audience,
            "seq": self.seq,
            "user_id": self.user_id,
            "other_id": self.other_id,
        }


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event that has committed, with its place in the log.

    `row` has the columns of `log.COLUMNS`; `message` is the row it is about, as `messages.for_events` reads it.
    """

    row: Mapping[str, Any]
    message: Mapping[str, Any] | None = None


async def append_events(run: Callable[..., Awaitable[object]], events: Sequence[Event]) -> None:
    """Leave a transaction's events for the trigger; call it once, as the last statement before COMMIT."""
    await run("INSERT INTO outbox (events) VALUES ($1)", [event.as_json() for event in events])
