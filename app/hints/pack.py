"""Several payloads in one message, with the name of who publishes them: under load messages are what costs."""

import secrets
import struct
from collections.abc import Iterable, Iterator

NAME_BYTES = 8
_LENGTH = struct.Struct(">I")


def new_name() -> bytes:
    """A name for one publisher."""
    return secrets.token_bytes(NAME_BYTES)


def pack(name: bytes, payloads: Iterable[bytes]) -> bytes:
    """The message: the name, then each payload behind its length."""
    return b"".join([name, *(part for payload in payloads for part in (_LENGTH.pack(len(payload)), payload))])


def unpack(message: bytes) -> Iterator[bytes]:
    """The payloads of a message.

    Raises:
        ValueError: it is none of ours.
    """
    at = NAME_BYTES
    while at < len(message):
        start = at + _LENGTH.size
        try:
            (length,) = _LENGTH.unpack(message[at:start])
        except struct.error as error:
            raise ValueError("a broken message") from error
        at = start + length
        if at > len(message):
            raise ValueError("a message that was cut off")
        yield message[start:at]
