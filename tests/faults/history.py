"""What a run has recorded: the requests that clients made, what each subscriber heard, and what was kept in the end.

Times are those of one monotonic clock, of the process that records. The text of a message is unique in its run: it is
how a message is told from all others without believing the server's numbers.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What a client knows once a request is over."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    """A rule said no, after it looked for an earlier message under the same key: there is none and never was."""
    SHUT_OUT = "shut out"
    """The session is over: this request did nothing, but one before it may have."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to send a message; retries of a send have the same sender and key."""

    conversation: str
    sender: str
    key: str
    text: str
    began: float
    ended: float
    outcome: Outcome
    seq: int | None = None
    was_replay: bool = False
    session: str = ""

    @property
    def send(self) -> tuple[str, str, str]:
        """Which send this is an attempt at."""
        return (self.conversation, self.sender, self.key)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of the final history; `joined` and `left` are the people whose coming or going a notice tells."""

    seq: int
    sender: str
    text: str | None
    joined: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as a subscriber got it, and when."""

    conversation: str
    seq: int
    text: str | None
    at: float


@dataclass(slots=True)
class Stream:
    """All that a subscriber heard, across its reconnects; `after` is the seq that it began behind, by conversation."""

    name: str
    person: str
    conversations: tuple[str, ...]
    after: dict[str, int] = field(default_factory=dict)
    session: str = ""
    heard: list[Heard] = field(default_factory=list)
    reconnects: int = 0
    ended: bool = False
    """Whether the server ended it for good, as it does with a session: what came later was not for it."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Somebody was shut out of a conversation, or (None) their session ended, and whoever did it was told so."""

    person: str
    conversation: str | None
    acknowledged: float
    readmitted: float = float("inf")
    """When it was asked for that they come back."""
    session: str = ""


@dataclass(slots=True)
class History:
    """One run; `kept` is the final history of each conversation, in its order."""

    attempts: list[Attempt] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    kept: dict[str, list[Kept]] = field(default_factory=dict)
