"""One entry of the log as subscribers get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.store.database import Row
from app.store.events import EventKind

_KINDS = {kind.value: kind for kind in EventKind}


@dataclass(slots=True, eq=False)
class Entry:
    """An event; `cursor` is the position of every lane when it was applied.

    `kind` is None for one that a newer process wrote and this one does not know: it is passed over.

    `message` is the row that it is about, loaded only if somebody hears of it.
    """

    kind: EventKind | None
    lane: int
    pos: int
    occurred_at: datetime
    conversation_id: UUID | None
    audience: Sequence[UUID]
    seq: int | None
    user_id: UUID | None
    other_id: UUID | None
    cursor: str = ""
    message: Row | None = None

    @classmethod
    def from_row(cls, row: Row) -> "Entry":
        """Read a row of the log."""
        return cls(
            kind=_KINDS.get(row["kind"]),
            lane=row["lane"],
            pos=row["pos"],
            occurred_at=row["occurred_at"],
            conversation_id=row["topic"],
            audience=row["audience"],
            seq=row["seq"],
            user_id=row["user_id"],
            other_id=row["other_id"],
        )

    @property
    def message_key(self) -> tuple[UUID, int] | None:
        """The message that it is about."""
        about_message = self.seq is not None and self.kind is not EventKind.READ_MOVED
        return (self.conversation_id, self.seq) if about_message and self.conversation_id and self.seq else None


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing happened, up to this cursor: the stream is alive."""

    cursor: str
    occurred_at: datetime

    @classmethod
    def now(cls, cursor: str) -> "Beat":
        """A beat of this moment."""
        return cls(cursor, datetime.now(UTC))
