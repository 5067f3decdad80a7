"""The same subscriptions at two servers over the same hub: one that shares executions, and one that does not."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from graphql import DocumentNode, OperationDefinitionNode

import app.server
from app.execution.documents import Documents, Operation
from app.server import SOCKETS, build_app
from app.services import Services
from app.transport.operation import SocketOperation
from tests.support.graphql_client import Json, SocketClient, Subscription
from tests.support.people import Person


class UnsharedDocuments(Documents):
    """Prepares subscriptions so that each executes every event on its own."""

    def _operation(self, document: DocumentNode, node: OperationDefinitionNode) -> Operation:
        return replace(super()._operation(document, node), sharing=None)


@asynccontextmanager
async def unshared_server(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestServer]:
    """A second server of the same process, without sharing."""
    close_elsewhere = services.hub.on_session_ended
    with monkeypatch.context() as patch:
        patch.setattr(app.server, "Documents", UnsharedDocuments)
        server = TestServer(build_app(services))
    close_here = services.hub.on_session_ended
    services.hub.on_session_ended = lambda session_id: (close_elsewhere(session_id), close_here(session_id))[0]
    await server.start_server()
    yield server
    await server.close()
    services.hub.on_session_ended = close_elsewhere


def running_operations(server: TestServer) -> list[SocketOperation]:
    """What the sockets of a server are doing."""
    assert server.app is not None
    sockets: Any = server.app[SOCKETS]._sockets
    return [operation for socket in sockets for operation in socket._operations.values()]


async def settle(services: Services, *servers: TestServer) -> None:
    """Wait until all subscriptions are live, what has committed was told, and every subscription has answered it."""
    for server in servers:
        for operation in running_operations(server):
            await operation.drained()
            joining = operation._subscription and getattr(operation._subscription.source, "_joining", None)
            if joining:
                await asyncio.wait([joining])
    await services.hub.tailer.reach_head()
    for server in servers:
        for operation in running_operations(server):
            await operation.drained()


@dataclass
class Device:
    """One person's socket at each of two servers, with the same subscriptions."""

    person: Person
    sockets: tuple[SocketClient, SocketClient]
    subscriptions: list[tuple[str, Subscription, Subscription]] = field(default_factory=list)

    async def subscribe(self, query: str, variables: Json) -> None:
        shared, alone = [await socket.subscribe(query, variables) for socket in self.sockets]
        self.subscriptions.append((query, shared, alone))

    async def forget(self) -> None:
        """Pass over what was said so far: streams open at moments of their own."""
        for socket in self.sockets:
            await socket.ping()
        for _, *both in self.subscriptions:
            for subscription in both:
                _heard(subscription)

    async def compare(self) -> int:
        """How many events came, the same from both servers."""
        for socket in self.sockets:
            if socket.close_code is None:
                await socket.ping()
        count = 0
        for query, shared, alone in self.subscriptions:
            got, expected = _heard(shared), _heard(alone)
            assert got == expected, f"{self.person.handle} got something else of {query}"
            count += len(got)
        return count


def _heard(subscription: Subscription) -> list[Json]:
    heard = [subscription.heard.get_nowait() for _ in range(subscription.heard.qsize())]
    messages = [message for message in heard if _is_of_the_log(message)]
    for message in messages:
        message.pop("id")
        for error in message.get("payload", {}).get("errors", ()) if message["type"] == "next" else ():
            error["extensions"].pop("id", None)
    return messages


def _is_of_the_log(message: Json) -> bool:
    """Whether every server has to tell it, unlike beats and what is told of people who come and go."""
    data = (message.get("payload") or {}).get("data") if message["type"] == "next" else None
    type_name = ((data or {}).get("inbox") or {}).get("__typename")
    return type_name not in {"Heartbeat", "PresenceChanged", "TypingChanged"}


@asynccontextmanager
async def devices(*people: Person, servers: tuple[TestServer, TestServer]) -> AsyncIterator[list[Device]]:
    """A device for each of these, connected to both servers; somebody named twice has two."""
    async with AsyncExitStack() as stack:
        made = []
        for person in people:
            shared, alone = [
                await stack.enter_async_context(person.at(str(server.make_url("/graphql"))).socket())
                for server in servers
            ]
            made.append(Device(person, (shared, alone)))
        yield made


OF_A_MESSAGE = [
    "id", "seq", "sentAt", "editedAt", "clientKey", "mine: clientKey", "fallbackText", "hint: fallbackText",
    "... @include(if: $deep) { clientKey }", "reactions @skip(if: $deep) { emoji count }",
    "sender { id handle displayName }", "by: sender { isFriend }", "sender { viewerIsFollowing isFollowingViewer }",
    "sender { ...Fans }", "sender { avatar { url(variant: CHAT) { href } } }",
    "replyTo { id clientKey fallbackText sender { handle } }", "reactions { emoji count }",
    "reactions { emoji viewerHasReacted }", "readBy(first: $n) { edges { lastReadSeq node { handle } } }",
    "conversation { id kind title }", "conversation { viewerState { role unread { count } } }",
    "conversation { members(first: $n) { edges { node { handle } } } }", "conversation { capabilities { canSend } }",
    "conversation { lastMessage { clientKey fallbackText } }", "content { ...Said }",
    "content { __typename ... on TextContent { text } ... on UnsentContent { explanation } }",
    "content { ... on SharedVideoContent { isAvailable video { title url { href } author { handle } } } }",
    "content { ... on SharedVideoContent { caption } ... on StickerContent { sticker { name image { width } } } }",
]  # fmt: skip
OF_AN_EVENT = [
    "cursor", "occurredAt", "... on MessageUnsent { message { seq } }", "... on MessageAdded { message { ...Short } }",
    "... on ConversationEvent { conversationId }", "... on ConversationEvent { conversation { title kind } }",
    "... on ConversationEvent { conversation { viewerState { role lastReadSeq } } }",
    "... on MemberJoined { user { handle } }", "... on MemberLeft { user { handle isFriend } }",
    "... on MemberLeft { user { handle } conversation { id } }", "... on ReadMoved { seq user { handle } }",
    "... on ReactionsChanged { message { reactions { emoji viewerHasReacted } } }",
]  # fmt: skip
FRAGMENTS = {
    "Fans": "fragment Fans on User { followers(first: $n) { edges { node { handle } } } }",
    "Said": """fragment Said on MessageContent { __typename ... on TextContent { text }
        ... on SharedProfileContent { user { handle } } ... on PhotoContent { photos { url { href } } }
        ... on NoticeContent { notice title actor { handle } people { handle } } }""",
    "Short": "fragment Short on Message { seq sender { handle } content { ...Said } }",
}


def random_document(chance: random.Random) -> tuple[str, bool]:
    """A subscription to the inbox or (True) to one conversation."""
    one = chance.random() < 0.4
    message = " ".join(chance.sample(OF_A_MESSAGE, chance.randint(1, 6)))
    if one:
        body = f"messageAdded(conversationId: $id) {{ {message} }}"
    else:
        kinds = chance.sample(["MessageAdded", "MessageEdited", "MessageUnsent", "ReactionsChanged"], 3)
        parts = [f"... on {kind} {{ message {{ {message} }} }}" for kind in kinds]
        body = f"inbox {{ __typename {' '.join(parts + chance.sample(OF_AN_EVENT, chance.randint(1, 5)))} }}"
    text = body
    for name, fragment in reversed(FRAGMENTS.items()):
        if f"...{name}" in text:
            text += "\n" + fragment
    types = {"id": "ID!", "n": "Int!", "deep": "Boolean!"}
    used = ", ".join(f"${name}: {kind}" for name, kind in types.items() if f"${name}" in text)
    return f"subscription{f'({used})' if used else ''} {{ {body} }}" + text.removeprefix(body), one
