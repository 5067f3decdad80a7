"""The graphql-transport-ws protocol: its close codes, its messages, and the frames that carry them.

    client                                 server
      │ ── connection_init {authorization} ──▶ │   within 5 s, once
      │ ◀── connection_ack ─────────────────── │
      │ ── subscribe id {query, variables} ──▶ │   queries and mutations too
      │ ◀── next id {data, errors} ─────────── │   any number; one for queries and mutations
      │ ◀── complete id ────────────────────── │   or `error id [errors]`: either is the last of this id
      │ ── complete id ──────────────────────▶ │   the client has heard enough
      │ ◀─▶ ping, pong                         │   either way, at any time

`connection_init` may have the payload `{"authorization": "Bearer …"}`. An id may be used again once its operation has
come to its end. The order of messages is kept per id.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

from app.transport.requests import GraphQLRequest, MalformedError, decoded

SUBPROTOCOL = "graphql-transport-ws"
MAX_ID_LENGTH = 128

TEXT = 0x81
"""First byte of an unfragmented text frame, RFC 6455 section 5.2."""
PING_FRAME = b"\x89\x00"
PONG = 0x8A
LENGTH_IN_2_BYTES = 126
LENGTH_IN_8_BYTES = 127


class CloseCode(IntEnum):
    """Why a socket was closed.

    The graphql-ws client gives up at the codes marked *final* and reconnects by itself at those marked *retry*, asking
    its `connectionParams` anew each time, so for a new token too.
    """

    TOO_BIG = 1009
    """*final*. A message was larger than the limit."""
    SERVICE_RESTART = 1012
    """*retry*. This server is being shut down or replaced: reconnect and resume."""
    TRY_AGAIN_LATER = 1013
    """*retry*. Too much waited, to be read by the client or to be loaded for it: reconnect and resume."""
    BAD_REQUEST = 4400
    """*final*. A message was not of the protocol."""
    UNAUTHORIZED = 4401
    """*final*. `subscribe` came before `connection_ack`, or the session behind the socket has ended."""
    FORBIDDEN = 4403
    """*retry*. The token was refused (invalid, or of an ended session), or has expired: come back with a fresh one."""
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    """*final*. The client does not offer `graphql-transport-ws`."""
    INIT_TIMEOUT = 4408
    """*retry*. `connection_init` did not come in time."""
    SUBSCRIBER_EXISTS = 4409
    """*final*. An operation of this id is running already."""
    TOO_MANY_INIT = 4429
    """*final*. `connection_init` came a second time."""
    INTERNAL_ERROR = 4500
    """*final*. The server failed while it connected; its log knows why."""


@dataclass(frozen=True, slots=True)
class Init:
    """`connection_init`; `authorization` is as in the HTTP header."""

    authorization: str | None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`subscribe`."""

    id: str
    request: GraphQLRequest


@dataclass(frozen=True, slots=True)
class Complete:
    """`complete`."""

    id: str


@dataclass(frozen=True, slots=True)
class Ping:
    """`ping`, to be answered with the same payload."""

    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    """`pong`."""


Message = Init | Subscribe | Complete | Ping | Pong


def parse(text: bytes) -> Message:
    """A message of the client; raises `MalformedError`."""
    value = decoded(text, "The message")
    if not isinstance(value, dict):
        raise MalformedError("A message is a JSON object.")
    payload = value.get("payload")
    match value.get("type"):
        case "subscribe":
            return Subscribe(_id(value), GraphQLRequest.from_json(payload))
        case "complete":
            return Complete(_id(value))
        case "connection_init":
            return Init(_authorization(_optional_object(payload)))
        case "ping":
            return Ping(_optional_object(payload))
        case "pong":
            return Pong()
    raise MalformedError("The message's type is not of graphql-transport-ws.")


def _id(value: dict[str, Any]) -> str:
    operation_id = value.get("id")
    if not isinstance(operation_id, str) or not 0 < len(operation_id) <= MAX_ID_LENGTH:
        raise MalformedError(f"`id` has to be a string of 1 to {MAX_ID_LENGTH} characters.")
    return operation_id


def _optional_object(payload: object) -> dict[str, Any] | None:
    if not isinstance(payload, dict | None):
        raise MalformedError("`payload` has to be an object.")
    return payload


def _authorization(payload: dict[str, Any] | None) -> str | None:
    for key, value in (payload or {}).items():
        if key.lower() == "authorization" and value is not None:
            if not isinstance(value, str):
                raise MalformedError("`authorization` has to be a string.")
            return value
    return None


def frame(payload: bytes, first_byte: int = TEXT) -> bytes:
    """A whole WebSocket frame as servers send it, unmasked and uncompressed."""
    length = len(payload)
    if length < LENGTH_IN_2_BYTES:
        return bytes((first_byte, length)) + payload
    if length < 2**16:
        return bytes((first_byte, LENGTH_IN_2_BYTES)) + length.to_bytes(2, "big") + payload
    return bytes((first_byte, LENGTH_IN_8_BYTES)) + length.to_bytes(8, "big") + payload


def next_prefix(operation_id: str) -> bytes:
    """What `next` begins with, up to the response: the only part that differs between those who get the same."""
    return b'{"id":%b,"type":"next","payload":' % orjson.dumps(operation_id)


def next_frame(prefix: bytes, payload: bytes) -> bytes:
    """The frame of `next` around a response that is encoded already."""
    return frame(b"%b%b}" % (prefix, payload))


def complete_message(operation_id: str) -> bytes:
    """`complete`."""
    return orjson.dumps({"id": operation_id, "type": "complete"})


def error_message(operation_id: str, errors: Any) -> bytes:
    """`error`, which ends the operation."""
    return orjson.dumps({"id": operation_id, "type": "error", "payload": errors})


def pong_message(payload: dict[str, Any] | None) -> bytes:
    """`pong`."""
    return orjson.dumps({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


ACK_MESSAGE = b'{"type":"connection_ack"}'
