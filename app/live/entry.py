"""What subscribers get: an entry of the log, or a word about the stream itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from app.execution.sharing import Memo
from app.store.database import Row
from app.store.events import EventKind, Sealed
from app.store.messages import PROFILE_NAMES

if TYPE_CHECKING:
    from app.live.hearing import Hearing
    from app.live.people import Person

_KINDS = {kind.value: kind for kind in EventKind}


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """What is made of something while it is told to feeds of one kind."""

    hearings: "dict[Person, Hearing]" = field(default_factory=dict)
    """As each person hears it."""
    memos: tuple[Memo, Memo] = field(default_factory=lambda: ({}, {}))
    """What people share, by whether a block stands between them and the sender."""


@dataclass(slots=True, eq=False)
class Entry:
    """An event; `cursor` is the position of every lane when it was applied.

    `kind` is None for one that a newer process wrote and this one does not know: it is passed over.

    `message` is the row that it is about, loaded only if somebody hears of it. That row may be newer than the event:
    who lost access in between has then been taken out of the audience, and `hidden_from` are those whom a block that
    came in between keeps from its sender. `telling` is there while it is handed to those who hear of it live.
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
    hidden_from: Collection[UUID] = ()
    telling: Telling | None = None

    @classmethod
    def from_sealed(cls, event: Sealed) -> "Entry":
        """Take over an event that has just committed, with the message as it was then."""
        return cls.from_row(event.row, event.message)

    @classmethod
    def from_row(cls, row: Row, message: Row | None = None) -> "Entry":
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
            message=message,
        )

    @property
    def message_key(self) -> tuple[UUID, int] | None:
        """The message that it is about."""
        about_message = self.seq is not None and self.kind is not EventKind.READ_MOVED
        return (self.conversation_id, self.seq) if about_message and self.conversation_id and self.seq else None

    @property
    def lacks_message(self) -> bool:
        """Whether the message that it is about has yet to be loaded."""
        return self.message is None and self.message_key is not None

    def end_telling(self) -> None:
        """Who hears of it from now on is told what is true then: of the sender, and reactions may have come."""
        if self.message is not None and self.kind is EventKind.MESSAGE_ADDED:
            kept = {name: value for name, value in self.message.items() if name not in PROFILE_NAMES}
            self.message = {**kept, "has_reactions": True}

    def load(self, row: Row) -> None:
        """Take the message as a statement found it, and those who may see that version of it."""
        self.message = row
        if row["readers"] is not None:
            readers = set(row["readers"])
            self.audience = [person for person in self.audience if person in readers]
            self.hidden_from = frozenset(row["hidden_from"] or ())


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing happened, up to this cursor: the stream is alive."""

    cursor: str
    occurred_at: datetime
    telling: Telling = field(default_factory=Telling)

    @classmethod
    def now(cls, cursor: str) -> "Beat":
        """A beat of this moment."""
        return cls(cursor, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Restart:
    """The stream can't go on from where the client is: load the state afresh, then subscribe behind this cursor."""

    cursor: str
    occurred_at: datetime
    reason: str

    @classmethod
    def now(cls, cursor: str, reason: str) -> "Restart":
        """A restart at this moment."""
        return cls(cursor, datetime.now(UTC), reason)
