"""What is true for a moment only: it is told to whoever listens now, kept nowhere, and dropped first.

Signals go to the other processes as hints do, and never touch the log: no durable event waits for one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

TOPIC = "signals"


@dataclass(frozen=True, slots=True)
class TypingSignal:
    """Somebody began or stopped typing; `cursor` is that of the last durable event before it."""

    cursor: str
    occurred_at: datetime
    conversation_id: UUID
    user_id: UUID
    is_typing: bool


@dataclass(frozen=True, slots=True)
class PresenceSignal:
    """A friend came online or went; `cursor` is that of the last durable event before it."""

    cursor: str
    occurred_at: datetime
    user_id: UUID
    is_online: bool


Signal = TypingSignal | PresenceSignal


class Stage(Protocol):
    """Where signals are told."""

    @property
    def cursor(self) -> str:
        """The position of the last durable event."""

    def signal(self, hearers: Iterable[UUID], signal: Signal) -> None:
        """Tell those of the hearers who have an inbox open here, and whom no block keeps from the one it is about."""

    def publish(self, body: dict[str, Any]) -> None:
        """Tell the other processes."""
