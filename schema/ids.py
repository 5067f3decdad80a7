"""Global ids: `Type_key`, opaque to clients (Relay's Global Object Identification)."""

import re
from uuid import UUID

import strawberry

from app.errors import invalid
from app.execution.plain_fields import Expression

SEPARATOR = "_"
_HEX = re.compile(r"[0-9a-f]{32}")


def to_id(type_name: str, key: UUID) -> strawberry.ID:
    """The global id of an object with a UUID.

    It is declared as an id, which at run time is a str, because to call `strawberry.ID` takes as long as to make it.
    """
    return f"{type_name}{SEPARATOR}{key.hex}"  # type: ignore[return-value]


def ids_of(type_name: str) -> Expression:
    """What makes `to_id` of a type, in fewer steps where a list has many."""
    return Expression(f"{type_name + SEPARATOR!r} + {{v}}.hex")


message_id_head = Expression(f"{'Message' + SEPARATOR!r} + {{v}}.hex + {SEPARATOR!r}")
"""What the ids of all messages of a conversation begin with; their `seq` follows. In an inbox each has its own."""


def type_and_key(global_id: str) -> tuple[str, str] | None:
    """Take an id apart; None where it is none."""
    type_name, separator, key = global_id.partition(SEPARATOR)
    return (type_name, key) if separator else None


def parse_id(global_id: str, type_name: str, path: str) -> UUID:
    """The UUID in the id of an object of this type.

    Raises:
        InvalidInputError: it is none.
    """
    parts = type_and_key(global_id)
    key = parse_uuid(parts[1]) if parts and parts[0] == type_name else None
    if key is None:
        raise invalid(path, f"This is not the id of a {type_name}.")
    return key


def parse_optional_id(global_id: str | None, type_name: str, path: str) -> UUID | None:
    """The same for an id that may be left out."""
    return parse_id(global_id, type_name, path) if global_id is not None else None


def parse_message_id(global_id: str, path: str) -> tuple[UUID, int]:
    """The conversation and seq in the id of a message.

    Raises:
        InvalidInputError: it is none.
    """
    parts = type_and_key(global_id)
    key = parse_message_key(parts[1]) if parts and parts[0] == "Message" else None
    if key is None:
        raise invalid(path, "This is not the id of a Message.")
    return key


def parse_message_key(text: str) -> tuple[UUID, int] | None:
    """A message's key as its id holds it; None where the text is none."""
    conversation, _, seq = text.partition(SEPARATOR)
    conversation_id = parse_uuid(conversation)
    is_seq = seq.isascii() and seq.isdigit() and len(seq) <= 18  # noqa: PLR2004 - fits a bigint
    return (conversation_id, int(seq)) if conversation_id and is_seq and str(int(seq)) == seq else None


def parse_uuid(text: str) -> UUID | None:
    """32 hexadecimal digits as a UUID; None where the text is something else."""
    return UUID(hex=text) if _HEX.fullmatch(text) else None
