"""Committed events on their way from one process to the others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.store.events import Sealed

_UUIDS = {"topic", "user_id", "other_id", "conversation_id", "sender_id", "avatar_id"}
_LISTS_OF_UUIDS = {"audience", "attachment_ids"}
_TIMES = {"occurred_at", "edited_at", "unsent_at"}


def to_json(events: Sequence[Sealed]) -> list[list[Any]]:
    """The rows of the log and of the messages, as an envelope takes them."""
    return [[dict(event.row), dict(event.message) if event.message else None] for event in events]


def from_json(body: list[list[Any]]) -> list[Sealed]:
    """The same rows again, with the types that the database gives them."""
    return [Sealed(_restored(row), _restored(message) if message else None) for row, message in body]


def _restored(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if value is None else _typed(name, value) for name, value in row.items()}


def _typed(name: str, value: Any) -> Any:
    if name in _UUIDS:
        return UUID(value)
    if name in _LISTS_OF_UUIDS:
        return [UUID(each) for each in value]
    return datetime.fromisoformat(value) if name in _TIMES else value
