"""One socket of GraphQL over WebSocket; the protocol itself is described in `protocol.py`."""

import asyncio
from typing import Any

from aiohttp import WSMessage, WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

from app.execution.engine import Engine
from app.execution.errors import Code, code_of, formatted, is_unauthenticated, masked_exception
from app.transport.operation import SocketOperation
from app.transport.outbox import Outbox
from app.transport.protocol import (
    ACK_MESSAGE,
    PING_FRAME,
    PONG,
    CloseCode,
    Complete,
    Init,
    Message,
    Ping,
    Subscribe,
    error_message,
    frame,
    parse,
    pong_message,
)
from app.transport.reports import Watch
from app.transport.requests import MalformedError, bearer_token
from app.transport.socket_service import SocketService

MAX_REASON_BYTES = 123
"""RFC 6455 section 5.5."""


class Socket:
    """One open socket. All that happens to it happens in the task of its handler, but for connecting and operations.

    A single deadline ends the reading: that of `connection_init`, and at once when somebody wishes to close. `_code` is
    what the socket closes with when the deadline has come.
    """

    __slots__ = (
        "_closing",
        "_code",
        "_connecting",
        "_deadline",
        "_heard",
        "_leaving",
        "_operations",
        "_reason",
        "_request",
        "_service",
        "_session_ended",
        "_ws",
        "connection",
        "outbox",
    )

    def __init__(
        self,
        service: SocketService,
        request: web.Request,
        ws: web.WebSocketResponse[Any],
        writer: AbstractStreamWriter,
    ) -> None:
        self.connection: Any = None
        self._service = service
        self._request = request
        self._ws = ws
        self.outbox = Outbox(request, writer, service.settings.bounds, self.fall_behind)
        self._operations: dict[str, SocketOperation] = {}
        self._connecting: asyncio.Task[None] | None = None
        self._heard = True
        self._closing = False
        self._leaving: tuple[CloseCode, str] | None = None
        self._session_ended = False
        self._code = CloseCode.INIT_TIMEOUT
        self._reason = ""
        self._deadline = asyncio.timeout(service.settings.init_seconds)

    async def run(self) -> None:
        """Listen until either side closes."""
        try:
            try:
                async with self._deadline:
                    while not self._closing and self._hear(await self._ws.receive()):
                        pass
            except TimeoutError:
                self._closing = True
            by_us, self._closing = self._closing, True  # nobody listens any more: wishes to close come too late
            tasks = self._cancel_operations()
            if by_us:
                await self._ws.close(code=self._code, message=self._reason_bytes(), drain=False)
            if tasks:
                await asyncio.wait(tasks)
        finally:
            self._end()

    def close_for(self, code: CloseCode, reason: str = "") -> None:
        """Close; from now on nothing is sent. A second wish is not heard."""
        if self._closing or self._deadline.expired():
            return
        self._closing = True
        self._code = code
        self._reason = reason
        self.outbox.close()
        self._deadline.reschedule(asyncio.get_running_loop().time())

    def leave(self, code: CloseCode, reason: str = "") -> None:
        """Close once every query and mutation under way is answered, but wait no longer than for a close frame.

        What is asked from now on is not begun: the client asks it anew where it reconnects.
        """
        if any(operation.answering for operation in self._operations.values()):
            self._leaving = code, reason
            loop = asyncio.get_running_loop()
            loop.call_later(self._service.settings.close_seconds, self.close_for, code, reason)
        else:
            self.close_for(code, reason)

    def expire(self) -> None:
        """The token is good no longer."""
        self.close_for(CloseCode.FORBIDDEN, "Token expired")

    def beat(self) -> None:
        """Ping the peer, or cut it off if nothing was heard since the last time."""
        if self._heard:
            self._heard = False
            self.outbox.send(PING_FRAME)
        elif self._request.transport is not None:
            self._request.transport.abort()

    # What operations ask for (`operation.Host`).

    @property
    def engine(self) -> Engine:
        """What executes operations."""
        return self._service.engine

    @property
    def watch(self) -> Watch:
        """What is told of them."""
        return self._service.settings.watch

    @property
    def max_pending_events(self) -> int:
        """How many events of one of them may wait."""
        return self._service.settings.max_pending_events

    async def open_context(self) -> Any:
        """A new context for an operation."""
        try:
            return await self._service.contexts.open(self.connection)
        except Exception as error:
            self._session_ended = is_unauthenticated(error)
            raise

    def event_context(self) -> Any:
        """A new context for an event."""
        return self._service.contexts.for_event(self.connection)

    def send(self, message: bytes) -> None:
        """Write a message, or have it wait its turn."""
        self.outbox.send(frame(message))

    def fall_behind(self) -> None:
        """The peer has let too much wait."""
        self.close_for(CloseCode.TRY_AGAIN_LATER, "Too slow")

    def release(self, operation_id: str) -> None:
        """An operation is over, and about to send its last message."""
        self._operations.pop(operation_id, None)
        if self._session_ended:  # after that message
            asyncio.get_running_loop().call_soon(self.close_for, CloseCode.UNAUTHORIZED, "The session has ended")
        elif self._leaving:
            asyncio.get_running_loop().call_soon(self.leave, *self._leaving)

    # What the client says.

    def _hear(self, message: WSMessage) -> bool:
        """Act on one frame; False when there will be no more."""
        self._heard = True
        if message.type is WSMsgType.TEXT:
            self._obey(message.data)
        elif message.type is WSMsgType.PING:
            self.outbox.send(frame(message.data, PONG))
        elif message.type is WSMsgType.BINARY:
            self.close_for(CloseCode.BAD_REQUEST, "Binary message")
        else:
            return message.type is WSMsgType.PONG
        return True

    def _obey(self, text: bytes) -> None:
        try:
            message: Message = parse(text)
        except MalformedError as error:
            self.close_for(CloseCode.BAD_REQUEST, str(error))
            return
        match message:
            case Subscribe():
                self._subscribe(message)
            case Complete():
                operation = self._operations.pop(message.id, None)
                if operation is not None:
                    operation.cancel()
            case Init():
                self._init(message)
            case Ping():
                self.send(pong_message(message.payload))

    def _init(self, message: Init) -> None:
        if self._connecting is not None or self.connection is not None:
            self.close_for(CloseCode.TOO_MANY_INIT)
            return
        self._deadline.reschedule(None)
        self._connecting = asyncio.get_running_loop().create_task(self._connect(message))

    async def _connect(self, message: Init) -> None:
        try:
            connection = await self._service.contexts.connect(bearer_token(message.authorization), self._request)
        except Exception as error:  # noqa: BLE001
            refusal = masked_exception(error)
            codes: dict[str, CloseCode] = {
                Code.UNAUTHENTICATED: CloseCode.FORBIDDEN,
                Code.TRY_AGAIN: CloseCode.TRY_AGAIN_LATER,
            }
            self.close_for(codes.get(code_of(refusal), CloseCode.INTERNAL_ERROR), refusal["message"])
            return
        finally:
            self._connecting = None
        if self._closing:
            return
        self.connection = connection
        if connection.expires_at is not None:
            self._service.expiry.join(self, connection.expires_at)
        self.send(ACK_MESSAGE)

    def _subscribe(self, message: Subscribe) -> None:
        if self._leaving:
            return
        if self.connection is None:
            self.close_for(CloseCode.UNAUTHORIZED, "Subscribe after connection_ack")
        elif message.id in self._operations:
            self.close_for(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        elif len(self._operations) >= self._service.settings.max_operations:
            reason = (
                f"{self._service.settings.max_operations} operations are running on this socket: complete one first."
            )
            self.send(error_message(message.id, [formatted(Code.LIMIT_EXCEEDED, reason)]))
        else:
            self._operations[message.id] = SocketOperation(self, message)

    # The end.

    def _reason_bytes(self) -> bytes:
        reason = self._reason or self._code.name.replace("_", " ").capitalize()
        return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore").encode()

    def _cancel_operations(self) -> list[asyncio.Task[None]]:
        """Cancel all that is going on; the tasks that have yet to notice."""
        tasks = [operation.cancel() for operation in self._operations.values()]
        self._operations.clear()
        if self._connecting is not None:
            self._connecting.cancel()
            tasks.append(self._connecting)
        return [task for task in tasks if task is not None and not task.done()]

    def _end(self) -> None:
        """Let go of everything; a peer that has not taken what was written is cut off."""
        self._closing = True
        self.outbox.close()
        self._cancel_operations()
        if self.connection is not None and self.connection.expires_at is not None:
            self._service.expiry.leave(self, self.connection.expires_at)
        transport = self._request.transport
        if transport is not None and transport.get_write_buffer_size() > 0:
            transport.abort()
