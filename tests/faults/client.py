"""Clients as the documentation wants them: one that retries under the same key, and one that resumes where it was."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from schema.ids import parse_message_id, to_id
from tests.faults.history import Attempt, Heard, History, Outcome, Stream
from tests.support.graphql_client import SUBPROTOCOL, Json, codes_of
from tests.support.patience import PATIENCE
from tests.support.people import Person

SEND = """mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
    __typename ... on SendMessageSuccess { wasReplay message { seq } } ... on UserError { code }
} }"""
MESSAGE = "id content { ... on TextContent { text } }"
INBOX = """subscription ($after: Cursor) { inbox(after: $after) {
    __typename cursor ... on MessageAdded { message { %s } }
} }"""
ADDED = f"""subscription ($conversationId: ID!, $afterSeq: Int) {{
    messageAdded(conversationId: $conversationId, afterSeq: $afterSeq) {{ {MESSAGE} }}
}}"""

# Seconds for one request, after which its outcome is unknown.
REQUEST_SECONDS = 4.0
# Seconds for a send with all its retries.
SEND_SECONDS = PATIENCE
# What a client pauses before it tries again, at most.
BACK_OFF_SECONDS = 0.1

# Errors after which subscribing again makes no sense.
FINAL = {"SNAPSHOT_REQUIRED", "NOT_FOUND", "UNAUTHENTICATED", "INVALID_INPUT"}
FINAL_CLOSES = {4400, 4401, 4403, 4406}
PASSING = {"TRY_AGAIN"}

# Seconds that a server gets to answer a close frame.
CLOSING = aiohttp.ClientWSTimeout(ws_close=0.5)

TROUBLE = (aiohttp.ClientError, OSError, TimeoutError, orjson.JSONDecodeError)


@dataclass(eq=False)
class Writer:
    """Sends a person's messages, to whatever server `where` names at each attempt, until the outcome is known."""

    person: Person
    where: Callable[[], str]
    history: History
    chance: random.Random
    surprises: list[str]
    session: str = ""

    async def send(self, conversation: str, key: str, text: str = "") -> Attempt:
        """Send one message and return the last attempt at it, whose outcome may be unknown when time is up."""
        deadline = time.monotonic() + SEND_SECONDS
        while True:
            attempt = await self.attempt(conversation, key, text)
            if attempt.outcome is not Outcome.UNKNOWN or time.monotonic() > deadline:
                return attempt
            await asyncio.sleep(self.chance.uniform(0, BACK_OFF_SECONDS))

    async def attempt(self, conversation: str, key: str, text: str = "", seconds: float = REQUEST_SECONDS) -> Attempt:
        """One request, recorded."""
        text = text or key
        began = time.monotonic()
        outcome, seq, was_replay = Outcome.UNKNOWN, None, False
        variables = {"conversationId": conversation, "clientKey": key, "content": {"text": {"text": text}}}
        try:
            async with asyncio.timeout(seconds):
                reply = await self.person.at(self.where()).client.raw(SEND, {"input": variables})
            outcome, seq, was_replay = self._read(reply.body)
        except TROUBLE:
            pass
        finally:  # also where the caller gives up
            made = (conversation, self.person.id, key, text, began, time.monotonic(), outcome, seq, was_replay)
            self.history.attempts.append(attempt := Attempt(*made, self.session))
        return attempt

    def _read(self, body: Json) -> tuple[Outcome, int | None, bool]:
        if errors := body.get("errors"):
            codes = codes_of(errors)
            if codes[0] == "UNAUTHENTICATED":
                return Outcome.SHUT_OUT, None, False
            if codes[0] not in PASSING:
                self.surprises.append(f"sendMessage: {errors}")
            return Outcome.UNKNOWN, None, False
        result = body["data"]["sendMessage"]
        if result["__typename"] == "SendMessageSuccess":
            return Outcome.ACKNOWLEDGED, result["message"]["seq"], result["wasReplay"]
        return Outcome.REFUSED, None, False


@dataclass(eq=False)
class Subscriber:
    """Listens for a person, and after every loss of the connection resumes at whatever server `where` names.

    It follows `inbox` behind a cursor or, where `conversation` is given, `messageAdded` behind a seq. `silence` is for
    how many seconds it believes in a connection on which nothing comes.
    """

    person: Person
    where: Callable[[], str]
    stream: Stream
    chance: random.Random
    surprises: list[str]
    conversation: str | None = None
    cursor: str | None = None
    silence: float | None = None
    weight: int = 0
    standing: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str = ""
    closes: list[int | None] = field(default_factory=list)
    cursors: list[tuple[str, int]] = field(default_factory=list)
    """Each cursor that came, with how many messages were heard by then."""
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen from now on, until `stop` or the stream's end."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Listen no more."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Wait until something is true that hearing may make true; False when time is up."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    def heard_seqs(self, conversation: str) -> set[int]:
        """The seqs of a conversation that were heard."""
        return {each.seq for each in self.stream.heard if each.conversation == conversation}

    async def _listen(self) -> None:
        while not self.ended:
            try:
                await self._follow()
            except TROUBLE:
                self.closes.append(None)
            self.stream.reconnects += not self.ended
            await asyncio.sleep(self.chance.uniform(0, BACK_OFF_SECONDS))

    async def _follow(self) -> None:
        http, url = self.person.client.session, self.where()
        async with asyncio.timeout(REQUEST_SECONDS):
            socket = await http.ws_connect(url, protocols=(SUBPROTOCOL,), max_msg_size=0, timeout=CLOSING)
        try:
            await self._say(
                socket, type="connection_init", payload={"authorization": f"Bearer {self.person.client.token}"}
            )
            while (frame := await self._frame(socket)) is not None:
                await self._hear(socket, frame)
                if self.ended or frame["type"] in ("error", "complete"):
                    return
            self._closed(socket.close_code)
        finally:
            await socket.close()

    async def _frame(self, socket: aiohttp.ClientWebSocketResponse) -> Json | None:
        message = await socket.receive(timeout=self.silence)
        return orjson.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else None

    def _closed(self, code: int | None) -> None:
        self.closes.append(code)
        if code in FINAL_CLOSES:
            self._end(f"closed with {code}")

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse, frame: Json) -> None:
        match frame["type"]:
            case "connection_ack":
                await self._say(socket, type="subscribe", id="1", payload=self._document())
            case "ping":
                await self._say(socket, type="pong")
            case "next":
                self._result(frame["payload"])
            case "error":
                self._errors(frame["payload"])

    def _document(self) -> Json:
        if self.conversation is None:
            again = (f"n{n}: content {{ ... on TextContent {{ text }} }}" for n in range(self.weight))
            return {"query": INBOX % " ".join([MESSAGE, *again]), "variables": {"after": self.cursor}}
        heard = max([self.stream.after.get(self.conversation, 0), *(each.seq for each in self.stream.heard)])
        return {"query": ADDED, "variables": {"conversationId": self.conversation, "afterSeq": heard}}

    def _result(self, payload: Json) -> None:
        if errors := payload.get("errors"):
            self._errors(errors)
            return
        data: Any = payload["data"]
        event = data.get("inbox")
        message = data.get("messageAdded") or event.get("message")
        if message:
            text, now = message["content"].get("text"), time.monotonic()
            key, seq = parse_message_id(message["id"], "id")
            self.stream.heard.append(Heard(to_id("Conversation", key), seq, text, now))
        if event:
            self.cursor = event["cursor"]
            self.cursors.append((event["cursor"], len(self.stream.heard)))
            if event["__typename"] == "SnapshotRequired":
                self._end("SNAPSHOT_REQUIRED")
        self.standing.set()
        self._moved.set()

    def _errors(self, errors: list[Json]) -> None:
        code = codes_of(errors)[0]
        if code in FINAL:
            self._end(code)
        elif code not in PASSING:
            self.surprises.append(f"{self.stream.name}: {errors}")

    def _end(self, why: str) -> None:
        self.ended = why
        self.stream.ended = True
        self.standing.set()
        self._moved.set()

    async def _say(self, socket: aiohttp.ClientWebSocketResponse, **message: Any) -> None:
        await socket.send_str(orjson.dumps(message).decode())
