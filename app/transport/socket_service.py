"""What all sockets share: who may connect, what contexts operations get, what is allowed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from app.execution.engine import Engine
from app.transport.expiry import Expiry
from app.transport.outbox import Bounds
from app.transport.reports import Watch


class Connection(Protocol):
    """What `SocketContexts.connect` returns: who is behind a socket."""

    @property
    def expires_at(self) -> float | None:
        """Unix time at which the socket is closed with FORBIDDEN, because its token expires; None for never."""


@dataclass(frozen=True, slots=True)
class SocketContexts:
    """How contexts are made for what comes over sockets. Errors with the code UNAUTHENTICATED close the socket."""

    connect: Callable[[str | None, web.Request], Awaitable[Any]]
    """From the bearer token of `connection_init`, if any, to a `Connection`, once per socket."""
    open: Callable[[Any], Awaitable[Any]]
    """From the connection to the context of one operation; the place to check that the session still lives."""
    for_event: Callable[[Any], Any]
    """From the connection to the context of one event of a subscription."""


@dataclass(frozen=True, slots=True)
class SocketSettings:
    """What sockets are allowed."""

    max_message_bytes: int = 65_536
    max_operations: int = 100
    """Running at the same time on one socket."""
    max_pending_events: int = 256
    """Events of one subscription that wait for their execution."""
    bounds: Bounds = field(default_factory=Bounds)
    init_seconds: float = 5.0
    close_seconds: float = 3.0
    """Time for the peer to answer a close frame."""
    watch: Watch = field(default_factory=Watch)


@dataclass(frozen=True, slots=True)
class SocketService:
    """The parts that a socket works with."""

    engine: Engine
    contexts: SocketContexts
    settings: SocketSettings
    expiry: Expiry = field(default_factory=Expiry)
