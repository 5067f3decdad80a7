"""Clients for the API as the tests use it: over HTTP, and over WebSocket with a queue of what is heard."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
import orjson

from tests.support.patience import PATIENCE

SUBPROTOCOL = "graphql-transport-ws"

Json = dict[str, Any]


class GraphQLRequestError(AssertionError):
    """An operation had errors that the test did not expect."""

    def __init__(self, errors: list[Json], status: int | None = None) -> None:
        super().__init__(f"status {status}: " + "; ".join(f"{e['message']} {e.get('extensions', '')}" for e in errors))
        self.errors = errors
        self.status = status

    @property
    def codes(self) -> list[str]:
        return codes_of(self.errors)


def codes_of(errors: list[Json]) -> list[str]:
    return [error.get("extensions", {}).get("code", "") for error in errors]


@dataclass(frozen=True)
class Reply:
    """An HTTP response whose body is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Json

    @property
    def codes(self) -> list[str]:
        return codes_of(self.body.get("errors", []))


@dataclass
class GraphQLClient:
    """One person's access to the API; `token` is sent as bearer token by both transports."""

    session: aiohttp.ClientSession
    url: str
    token: str | None = None

    def with_token(self, token: str | None) -> "GraphQLClient":
        """The same API for somebody else."""
        return GraphQLClient(self.session, self.url, token)

    async def execute(self, query: str, variables: Json | None = None, operation_name: str | None = None) -> Json:
        """The data of a query or mutation that has no errors."""
        reply = await self.raw(query, variables, operation_name)
        if "errors" in reply.body:
            raise GraphQLRequestError(reply.body["errors"], reply.status)
        data: Json = reply.body["data"]
        return data

    async def raw(self, query: str, variables: Json | None = None, operation_name: str | None = None) -> Reply:
        """The whole response, whatever it is."""
        body = {"query": query, "variables": variables, "operationName": operation_name}
        return await self.post(orjson.dumps(body))

    async def post(self, body: bytes, **headers: str) -> Reply:
        """A POST of these bytes; underscores in the names of headers stand for hyphens."""
        return await self.request("POST", data=body, headers={"Content-Type": "application/json", **_hyphened(headers)})

    async def get(self, parameters: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        """A GET with these parameters."""
        return await self.request("GET", params=parameters, headers=headers or {})

    async def request(self, method: str, *, headers: Mapping[str, str], **options: Any) -> Reply:
        """Any HTTP request."""
        default = {"Accept": "application/graphql-response+json"}
        if self.token is not None:
            default["Authorization"] = f"Bearer {self.token}"
        async with self.session.request(method, self.url, headers={**default, **headers}, **options) as response:
            text = await response.read()
            return Reply(response.status, response.headers, orjson.loads(text) if text else {})

    @asynccontextmanager
    async def socket(self) -> AsyncIterator["SocketClient"]:
        """A connected socket, closed at the end."""
        async with SocketClient.open(self.session, self.url) as socket:
            await socket.connect(self.token)
            yield socket


def _hyphened(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Subscription:
    """One operation on a socket, with what was heard of it and not yet asked for."""

    socket: "SocketClient"
    id: str
    heard: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    stands: bool = False
    """Whether something was heard that was asked for."""

    async def message(self) -> Json:
        """The next message of this operation, of any type; fails if the socket closes instead."""
        message: Json = await self.socket.wait_for(self.heard.get())
        self.stands = True
        return message

    async def result(self) -> Json:
        """The payload of the next message, which has to be `next`."""
        message = await self.message()
        assert message["type"] == "next", message
        payload: Json = message["payload"]
        return payload

    async def next(self) -> Json:
        """The data of the next result, which has to have no errors."""
        payload = await self.result()
        if "errors" in payload:
            raise GraphQLRequestError(payload["errors"])
        data: Json = payload["data"]
        return data

    async def expect_error(self, code: str | None = None) -> list[Json]:
        """The errors that end the operation; `code` is that of the first."""
        message = await self.message()
        assert message["type"] == "error", message
        errors: list[Json] = message["payload"]
        assert code is None or codes_of(errors)[0] == code, errors
        return errors

    async def expect_complete(self) -> None:
        message = await self.message()
        assert message["type"] == "complete", message

    async def complete(self) -> None:
        """Tell the server that enough was heard."""
        await self.socket.send({"id": self.id, "type": "complete"})

    async def assert_silent_until(self, marker: Awaitable[Any]) -> None:
        """Nothing is heard up to a moment: when `marker` is there and the server has answered a ping sent after it.

        The marker has to be something that the server can only do after what must not be heard would have been sent,
        such as the next event on another subscription of the same socket.
        """
        await self.socket.wait_for(marker)
        await self.socket.ping()
        assert self.heard.empty(), self.heard.get_nowait()


class SocketClient:
    """A graphql-transport-ws client that a test drives by hand."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.answers: asyncio.Queue[Json] = asyncio.Queue()
        """Messages that belong to no operation: acks, pings and pongs."""
        self.close_code: int | None = None
        self.close_reason = ""
        self._subscriptions: dict[str, Subscription] = {}
        self._ids = itertools.count(1)
        self._closed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        session: aiohttp.ClientSession,
        url: str,
        *,
        protocols: tuple[str, ...] = (SUBPROTOCOL,),
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Self]:
        """An open socket on which nothing was said yet."""
        ws = await session.ws_connect(url, protocols=protocols, headers=headers, max_msg_size=0)
        client = cls(ws)
        try:
            yield client
        finally:
            await ws.close()
            await client._reader

    async def connect(self, token: str | None = None) -> None:
        """Say `connection_init` and wait for its ack."""
        await self.init(token)
        answer = await self.wait_for(self.answers.get())
        assert answer == {"type": "connection_ack"}, answer

    async def init(self, token: str | None = None) -> None:
        """Say `connection_init` and wait for nothing."""
        payload = {} if token is None else {"payload": {"authorization": f"Bearer {token}"}}
        await self.send({"type": "connection_init", **payload})

    async def subscribe(
        self,
        query: str,
        variables: Json | None = None,
        *,
        id: str | None = None,  # noqa: A002
    ) -> Subscription:
        """Start an operation of any kind. What is sent afterwards reaches the server afterwards."""
        return await self.subscribe_to({"query": query, "variables": variables}, id)

    async def subscribe_to(self, payload: Json, id: str | None = None) -> Subscription:  # noqa: A002
        """Start an operation with any payload."""
        subscription = Subscription(self, id or str(next(self._ids)))
        self._subscriptions[subscription.id] = subscription
        await self.send({"id": subscription.id, "type": "subscribe", "payload": payload})
        return subscription

    async def execute(self, query: str, variables: Json | None = None) -> Json:
        """The data of a query or mutation that has no errors."""
        operation = await self.subscribe(query, variables)
        message = await operation.message()
        if message["type"] == "error":
            raise GraphQLRequestError(message["payload"])
        if "errors" in message["payload"]:
            raise GraphQLRequestError(message["payload"]["errors"])
        await operation.expect_complete()
        data: Json = message["payload"]["data"]
        return data

    async def ping(self) -> None:
        """Have the server answer a ping: it has then read all that was sent before, and written what it had to say."""
        payload = {"n": next(self._ids)}
        await self.send({"type": "ping", "payload": payload})
        answer = await self.wait_for(self.answers.get())
        assert answer == {"type": "pong", "payload": payload}, answer

    async def send(self, message: Json) -> None:
        """Any message."""
        await self.ws.send_str(orjson.dumps(message).decode())

    async def expect_close(self, code: int) -> str:
        """Wait until the server closes, for this reason; its text."""
        await asyncio.wait_for(self._closed.wait(), PATIENCE)
        assert self.close_code == code, f"closed with {self.close_code}, not {code}"
        return self.close_reason

    async def wait_for(self, awaitable: Awaitable[Any]) -> Any:
        """Wait for something; fails at once if the socket closes, and in any case when patience is at its end."""
        wanted = asyncio.ensure_future(awaitable)
        closed = asyncio.create_task(self._closed.wait())
        try:
            await asyncio.wait([wanted, closed], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if wanted.done():
                return wanted.result()
            if self._closed.is_set():
                raise AssertionError(f"the socket closed with {self.close_code} ({self.close_reason})")
            raise AssertionError(f"nothing came within {PATIENCE:g} s")
        finally:
            wanted.cancel()
            closed.cancel()

    async def _read(self) -> None:
        while True:
            message = await self.ws.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            self._dispatch(orjson.loads(message.data))
        if message.type is aiohttp.WSMsgType.CLOSE:
            self.close_reason = message.extra or ""
        self.close_code = self.ws.close_code
        self._closed.set()

    def _dispatch(self, message: Json) -> None:
        subscription = self._subscriptions.get(message.get("id", ""))
        (subscription.heard if subscription else self.answers).put_nowait(message)
