"""graphql-transport-ws: messages, close codes, and what happens to operations."""

import asyncio
from typing import Any

import aiohttp
import pytest

from app.transport.protocol import CloseCode
from app.transport.socket_service import SocketSettings
from tests.support.graphql_client import SocketClient
from tests.support.patience import PATIENCE
from tests.transport.conftest import StartToy, Toy

# `subscribe` before the ack is UNAUTHORIZED, unless it is malformed.
CLOSES: list[tuple[list[Any], CloseCode]] = [
    (["NONSENSE"], CloseCode.BAD_REQUEST),
    (["[]"], CloseCode.BAD_REQUEST),
    ([{}], CloseCode.BAD_REQUEST),
    ([{"type": "start"}], CloseCode.BAD_REQUEST),
    ([{"type": ["ping"]}], CloseCode.BAD_REQUEST),
    ([{"type": "connection_ack"}], CloseCode.BAD_REQUEST),
    ([{"type": "connection_init", "payload": "Bearer ann"}], CloseCode.BAD_REQUEST),
    ([{"type": "connection_init", "payload": {"authorization": 1}}], CloseCode.BAD_REQUEST),
    ([{"type": "ping", "payload": 1}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "payload": {"query": "{ hello }"}}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "id": "x" * 129, "payload": {"query": "{ hello }"}}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "id": "1"}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "id": "1", "payload": {}}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}}], CloseCode.BAD_REQUEST),
    ([{"type": "complete"}], CloseCode.BAD_REQUEST),
    ([{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }"}}], CloseCode.UNAUTHORIZED),
    ([{"type": "connection_init"}, {"type": "connection_init"}], CloseCode.TOO_MANY_INIT),
    ([{"type": "connection_init", "payload": {"authorization": "Bearer bad"}}], CloseCode.FORBIDDEN),
    ([{"type": "connection_init", "payload": {"Authorization": "Bearer bad"}}], CloseCode.FORBIDDEN),
    ([{"type": "connection_init", "payload": {"authorization": "Bearer crash"}}], CloseCode.INTERNAL_ERROR),
    (["x" * 65_537], CloseCode.TOO_BIG),
]


@pytest.mark.parametrize(("messages", "code"), CLOSES)
async def test_what_is_not_of_the_protocol_closes_the_socket(
    toy: Toy, messages: list[Any], code: CloseCode, caplog: pytest.LogCaptureFixture
) -> None:
    async with SocketClient.open(toy.client.session, toy.client.url) as socket:
        for message in messages:
            await (socket.ws.send_str(message) if isinstance(message, str) else socket.send(message))
        reason = await socket.expect_close(code)
        assert "hunter2" not in reason
    await asyncio.wait_for(toy.sockets.all_gone(), PATIENCE)
    assert len(caplog.records) == (code == CloseCode.INTERNAL_ERROR)


async def test_a_binary_message_is_not_of_the_protocol(toy: Toy) -> None:
    async with SocketClient.open(toy.client.session, toy.client.url) as socket:
        await socket.ws.send_bytes(b'{"type":"connection_init"}')
        await socket.expect_close(CloseCode.BAD_REQUEST)


@pytest.mark.parametrize("protocols", [(), ("graphql-ws",), ("chat", "graphql-ws")])
async def test_the_subprotocol_is_required(toy: Toy, protocols: tuple[str, ...]) -> None:
    async with SocketClient.open(toy.client.session, toy.client.url, protocols=protocols) as socket:
        await socket.expect_close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE)


async def test_the_subprotocol_is_found_among_others(toy: Toy) -> None:
    protocols = ("chat", "graphql-transport-ws")
    async with SocketClient.open(toy.client.session, toy.client.url, protocols=protocols) as socket:
        await socket.connect()
        assert socket.ws.protocol == "graphql-transport-ws"


async def test_frames_are_not_compressed(toy: Toy) -> None:
    async with toy.client.session.ws_connect(toy.client.url, protocols=("graphql-transport-ws",), compress=15) as ws:
        assert ws.compress == 0


@pytest.mark.parametrize("origin", [None, "https://app.example.com", "own"])
async def test_allowed_pages_and_what_is_no_page_may_connect(toy: Toy, origin: str | None) -> None:
    own = f"http://{toy.server.host}:{toy.server.port}"
    headers = {} if origin is None else {"Origin": own if origin == "own" else origin}
    async with SocketClient.open(toy.client.session, toy.client.url, headers=headers) as socket:
        await socket.connect()


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "https://app.example.com.evil.example"])
async def test_other_pages_may_not_connect(toy: Toy, origin: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
        async with SocketClient.open(toy.client.session, toy.client.url, headers={"Origin": origin}):
            pass
    assert raised.value.status == 403


async def test_a_handshake_that_is_none_is_refused(toy: Toy) -> None:
    reply = await toy.client.session.get(toy.client.url, headers={"Upgrade": "websocket", "Connection": "upgrade"})
    assert reply.status == 400


async def test_init_has_to_come_in_time(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(init_seconds=0.05))
    async with SocketClient.open(toy.client.session, toy.client.url) as socket:
        await socket.expect_close(CloseCode.INIT_TIMEOUT)
    toy = await start_toy(socket=SocketSettings(init_seconds=PATIENCE))
    async with toy.client.socket() as socket:
        assert await socket.execute("{ hello }") == {"hello": "hello you"}


async def test_a_slow_connect_is_not_a_late_init(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(init_seconds=2.0))
    async with SocketClient.open(toy.client.session, toy.client.url) as socket:
        await socket.init("wait")
        await asyncio.wait_for(toy.world.started.wait(), PATIENCE)
        await asyncio.sleep(2.1)  # longer than the deadline
        toy.world.gate.set()
        assert await socket.wait_for(socket.answers.get()) == {"type": "connection_ack"}


async def test_while_connecting_a_second_init_and_an_early_subscribe_are_noticed(toy: Toy) -> None:
    for message, code in (
        ({"type": "connection_init"}, CloseCode.TOO_MANY_INIT),
        ({"type": "subscribe", "id": "1", "payload": {"query": "{ hello }"}}, CloseCode.UNAUTHORIZED),
    ):
        async with SocketClient.open(toy.client.session, toy.client.url) as socket:
            await socket.init("wait")
            await socket.ping()
            await socket.send(message)
            await socket.expect_close(code)


async def test_queries_and_mutations_have_one_result(toy: Toy) -> None:
    async with toy.client.with_token("ann").socket() as socket:
        query = await socket.subscribe("query ($n: String!) { hello(name: $n) whoami }", {"n": "bob"})
        assert await query.next() == {"hello": "hello bob", "whoami": "ann"}
        await query.expect_complete()
        assert await socket.execute('mutation { rename(id: 1, name: "Tom") }') == {"rename": "Tom"}
    assert toy.world.names == {1: "Tom"}


async def test_a_subscription_yields_in_order_and_completes(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription ($to: Int!) { count(to: $to) }", {"to": 500})
        assert [(await subscription.next())["count"] for _ in range(500)] == list(range(1, 501))
        await subscription.expect_complete()


async def test_an_id_is_taken_while_its_operation_runs_and_free_afterwards(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        for _ in range(2):
            subscription = await socket.subscribe("subscription { count(to: 1) }", id="same")
            await subscription.next()
            await subscription.expect_complete()
        await socket.subscribe("subscription { ticks { number } }", id="same")
        await toy.world.hub.until(listeners=1)
        await socket.subscribe("{ hello }", id="same")
        reason = await socket.expect_close(CloseCode.SUBSCRIBER_EXISTS)
        assert reason == "Subscriber for same already exists"
    await toy.world.hub.until(listeners=0)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("subscription ($to: Int!) { count(to: $to) }", "BAD_USER_INPUT"),
        ("query ($to: Int!) { dogs(first: $to) { total } }", "BAD_USER_INPUT"),
        ("subscription { signedIn }", "UNAUTHENTICATED"),
        ("subscription { bug }", "INTERNAL_ERROR"),
    ],
)
async def test_an_operation_that_cannot_start_ends_with_an_error(toy: Toy, query: str, code: str) -> None:
    async with toy.client.socket() as socket:
        operation = await socket.subscribe(query)
        await operation.expect_error(code)
        await operation.assert_silent_until(socket.execute("{ hello }"))
        assert [report.codes for report in toy.reports] == [[code]]


async def test_errors_of_fields_come_with_the_result(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        operation = await socket.subscribe("{ refused hello }")
        result = await operation.result()
        assert result["data"] == {"refused": None, "hello": "hello you"}
        assert result["errors"][0]["extensions"] == {"code": "TOO_LATE"}
        await operation.expect_complete()


async def test_a_source_that_fails_ends_with_an_error_after_what_it_yielded(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { count(to: 2, fail: true) }")
        assert [(await subscription.next())["count"] for _ in range(2)] == [1, 2]
        errors = await subscription.expect_error("SNAPSHOT_REQUIRED")
        assert errors[0]["message"] == "Load a fresh state first."


async def test_complete_from_the_client_cancels(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { forever }")
        await subscription.next()
        await subscription.complete()
        await asyncio.wait_for(toy.world.finished.wait(), PATIENCE)
        query = await socket.subscribe("{ wait }")
        toy.world.started.clear()
        await asyncio.wait_for(toy.world.started.wait(), PATIENCE)
        await query.complete()
        await asyncio.wait_for(toy.world.cancelled.wait(), PATIENCE)
        await subscription.assert_silent_until(socket.execute("{ hello }"))
        await socket.send({"type": "complete", "id": "never heard of"})
        await socket.ping()


async def test_an_operation_that_ignores_its_cancellation_is_not_heard(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        first = await socket.subscribe("{ stubborn }", id="same")
        await asyncio.wait_for(toy.world.started.wait(), PATIENCE)
        await first.complete()
        second = await socket.subscribe("subscription { ticks { number } }", id="same")
        await toy.world.hub.until(listeners=1)
        await asyncio.wait_for(toy.world.finished.wait(), PATIENCE)
        toy.world.hub.publish(1)
        assert await second.next() == {"ticks": {"number": 1}}
        assert first.heard.empty()
        await second.complete()
        await toy.world.hub.until(listeners=0)


async def test_the_end_of_a_socket_is_the_end_of_its_operations(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        await socket.subscribe("subscription { ticks { number } }")
        await (await socket.subscribe("subscription { forever }")).next()
        await toy.world.hub.until(listeners=1)
    await asyncio.wait_for(toy.world.finished.wait(), PATIENCE)
    await toy.world.hub.until(listeners=0)
    assert toy.world.hub.stopped == 1


async def test_a_peer_that_vanishes_ends_its_operations(toy: Toy, caplog: pytest.LogCaptureFixture) -> None:
    async with toy.client.socket() as socket:
        await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=1)
        assert socket.ws._response.connection is not None
        transport = socket.ws._response.connection.transport
        assert transport is not None
        transport.abort()
        await toy.world.hub.until(listeners=0)
    assert not caplog.records


async def test_pings_are_answered_in_both_ways_of_the_protocol(toy: Toy) -> None:
    async with SocketClient.open(toy.client.session, toy.client.url) as socket:
        await socket.send({"type": "ping"})
        assert await socket.wait_for(socket.answers.get()) == {"type": "pong"}
        await socket.ping()
        await socket.send({"type": "pong", "payload": {"unasked": True}})
        await socket.connect()
    async with toy.client.session.ws_connect(toy.client.url, protocols=("graphql-transport-ws",), autoping=False) as ws:
        await ws.ping(b"hello")
        message = await ws.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"hello")


async def test_the_operations_of_a_socket_are_limited(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(max_operations=2))
    async with toy.client.socket() as socket:
        first, _ = [await socket.subscribe("subscription { ticks { number } }") for _ in range(2)]
        await (await socket.subscribe("{ hello }")).expect_error("LIMIT_EXCEEDED")
        await first.complete()
        assert await socket.execute("{ hello }") == {"hello": "hello you"}


async def test_the_session_is_checked_for_every_operation(toy: Toy) -> None:
    async with toy.client.with_token("ann").socket() as socket:
        await socket.execute("{ hello }")
        toy.ended.add("ann")
        await (await socket.subscribe("{ hello }")).expect_error("UNAUTHENTICATED")
        assert await socket.expect_close(CloseCode.UNAUTHORIZED) == "The session has ended"


async def test_being_signed_out_is_not_the_end_of_a_socket(toy: Toy) -> None:
    """A subscription that needs a session ends alone on a socket that never had one."""
    async with toy.client.socket() as socket:
        await (await socket.subscribe("subscription { signedIn }")).expect_error("UNAUTHENTICATED")
        assert await socket.execute("{ hello }") == {"hello": "hello you"}


async def test_a_socket_is_closed_when_its_token_expires(toy: Toy) -> None:
    async with toy.client.with_token("expires in 0.2").socket() as socket:
        subscription = await socket.subscribe("subscription { count(to: 1) }")
        await subscription.next()
        assert await socket.expect_close(CloseCode.FORBIDDEN) == "Token expired"


async def test_contexts_are_new_for_each_operation_and_event(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        before = toy.world.contexts
        await socket.execute("{ hello }")
        subscription = await socket.subscribe("subscription { ticks { number name } }")
        await toy.world.hub.until(listeners=1)
        for name in ("before", "after"):
            toy.world.names[1] = name
            toy.world.hub.publish(1)
            assert (await subscription.next())["ticks"]["name"] == name
        assert toy.world.contexts - before == 2 + 2
