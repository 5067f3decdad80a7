"""Global ids: base64 of `Type:key`, opaque to clients (Relay's Global Object Identification)."""

import re
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from functools import lru_cache
from uuid import UUID

import strawberry

from app.errors import invalid

MESSAGE_SEPARATOR = "::"
_HEX = re.compile(r"[0-9a-f]{32}")


def to_id(type_name: str, key: UUID) -> strawberry.ID:
    """The global id of an object with a UUID."""
    return plain_base64(f"{type_name}:{key.hex}")


def message_id_head(conversation_id: UUID) -> str:
    """What the global ids of all messages of a conversation begin with; `number_in_base64` of the seq follows.

    It stands for 42 bytes, a multiple of three, so that both parts can be encoded by themselves.
    """
    return plain_base64(f"Message:{conversation_id.hex}{MESSAGE_SEPARATOR}")


@lru_cache(maxsize=65_536)
def number_in_base64(number: int) -> str:
    """A number in base64; the same few thousand come up in every conversation."""
    return plain_base64(str(number))


def plain_base64(text: str) -> strawberry.ID:
    """Base64, without padding, of letters, digits, dots and colons: they give none of what differs in URLs.

    It is declared as an id, which at run time is a str, because to call `strawberry.ID` takes as long as to encode.
    """
    return b2a_base64(text.encode(), newline=False).decode().rstrip("=")  # type: ignore[return-value]


def type_and_key(global_id: str) -> tuple[str, str] | None:
    """Take an id apart; None where it is none, or another way to write one."""
    try:
        text = urlsafe_b64decode(global_id.encode() + b"=" * (-len(global_id) % 4)).decode("ascii")
    except ValueError:
        return None
    type_name, separator, key = text.partition(":")
    return (type_name, key) if separator and plain_base64(text) == global_id else None


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
    conversation, _, seq = text.partition(MESSAGE_SEPARATOR)
    conversation_id = parse_uuid(conversation)
    is_seq = seq.isascii() and seq.isdigit() and len(seq) <= 18  # noqa: PLR2004 - fits a bigint
    return (conversation_id, int(seq)) if conversation_id and is_seq and str(int(seq)) == seq else None


def parse_uuid(text: str) -> UUID | None:
    """32 hexadecimal digits as a UUID; None where the text is something else."""
    return UUID(hex=text) if _HEX.fullmatch(text) else None
