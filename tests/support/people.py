"""People as the tests know them: each with an access token, acting by the playground's own operations."""

import base64
import functools
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.graphql_client import GraphQLClient, Json, SocketClient, Subscription

OPERATIONS = Path(__file__).resolve().parent.parent.parent / "graphql-playground" / "operations"
PASSWORD = "correct horse battery"


@functools.cache
def operation(name: str) -> str:
    """The text of one of the playground's operations, such as `messages/send-text`."""
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


@dataclass
class Person:
    """Somebody with a session."""

    client: GraphQLClient
    id: str
    handle: str
    refresh_token: str

    async def ask(self, name: str, **variables: Any) -> Json:
        """The data of a query."""
        return await self.client.execute(operation(name), variables)

    async def answer(self, name: str, **fields: Any) -> Json:
        """What a mutation answers, success or not; `fields` are those of its input."""
        data = await self.client.execute(operation(name), {"input": fields})
        [result] = data.values()
        return result  # type: ignore[no-any-return]

    async def do(self, name: str, **fields: Any) -> Json:
        """What a mutation answers when it succeeds."""
        result = await self.answer(name, **fields)
        assert result["__typename"].endswith("Success"), result
        return result

    async def refused(self, name: str, **fields: Any) -> str:
        """The code of a mutation's expected failure."""
        result = await self.answer(name, **fields)
        assert result["__typename"].endswith("Error"), result
        return result["code"]  # type: ignore[no-any-return]

    async def send_text(self, conversation_id: str, text: str, **fields: Any) -> Json:
        """Send a text and return the message."""
        fields = {"clientKey": secrets.token_hex(8), **fields}
        sent = await self.do(
            "messages/send-text", conversationId=conversation_id, content={"text": {"text": text}}, **fields
        )
        return sent["message"]  # type: ignore[no-any-return]

    async def send(self, conversation_id: str, content: Json, **fields: Any) -> Json:
        """Send a message of the kind that `content` names; what the server answers, sent or not."""
        [kind] = content
        fields = {"clientKey": secrets.token_hex(8), "conversationId": conversation_id, **fields}
        return await self.answer(f"messages/send-{kind}", content=content, **fields)

    def at(self, url: str) -> "Person":
        """The same person in the same session, at another server."""
        return replace(self, client=replace(self.client, url=url))

    async def follow(self, other: "Person") -> None:
        await self.do("people/follow-user", userId=other.id)

    async def befriend(self, other: "Person") -> None:
        await self.follow(other)
        await other.follow(self)

    async def talk_to(self, other: "Person") -> str:
        """The id of the direct conversation with somebody."""
        started = await self.do("conversations/start-conversation", userId=other.id)
        return started["conversation"]["id"]  # type: ignore[no-any-return]

    async def make_group(self, *members: "Person", title: str = "Group") -> str:
        """The id of a new group with friends."""
        made = await self.do("conversations/create-group", title=title, memberIds=[member.id for member in members])
        return made["conversation"]["id"]  # type: ignore[no-any-return]

    async def history(self, conversation_id: str, **page: Any) -> Json:
        """A page of a conversation's messages."""
        data = await self.ask("conversations/history", id=conversation_id, **page)
        return data["node"]["messages"]  # type: ignore[no-any-return]

    async def messages(self, conversation_id: str, last: int = 100) -> list[Json]:
        """The latest messages of a conversation, oldest first."""
        page = await self.history(conversation_id, last=last)
        return [edge["node"] for edge in page["edges"]]

    async def conversation(self, conversation_id: str) -> Json | None:
        return (await self.ask("conversations/conversation", id=conversation_id))["node"]  # type: ignore[no-any-return]

    async def unread(self, conversation_id: str) -> int:
        conversation = await self.conversation(conversation_id)
        assert conversation is not None
        return conversation["viewerState"]["unread"]["count"]  # type: ignore[no-any-return]

    async def upload(
        self, data: bytes, content_type: str, *, purpose: str = "PHOTO", alt_text: str | None = None
    ) -> Json:
        """Reserve, send by plain HTTP and complete an upload; return it as it is then."""
        reserved = await self.reserve(data, content_type, purpose=purpose, alt_text=alt_text)
        await self.post_form(reserved["form"], data)
        completed = await self.do("media/complete-upload", uploadId=reserved["upload"]["id"])
        return completed["upload"]  # type: ignore[no-any-return]

    async def reserve(
        self, data: bytes, content_type: str, *, purpose: str = "PHOTO", alt_text: str | None = None
    ) -> Json:
        return await self.do(
            "media/create-upload",
            purpose=purpose,
            contentType=content_type,
            byteSize=len(data),
            checksumSha256=base64.b64encode(hashlib.sha256(data).digest()).decode(),
            altText=alt_text,
        )

    async def post_form(self, form: Json, data: bytes) -> None:
        """Send a file by the form of its upload; it has to be taken."""
        status = await self.try_form(form, data)
        assert status in {200, 204}, status

    async def try_form(self, form: Json, data: bytes) -> int:
        """Send a file by the form of an upload, and return the HTTP status of the store's answer."""
        body = aiohttp.FormData()
        for item in form["fields"]:
            body.add_field(item["name"], item["value"])
        body.add_field("file", data, filename="file")
        async with self.client.session.post(form["url"], data=body) as response:
            return response.status

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[SocketClient]:
        async with self.client.socket() as socket:
            yield socket

    @asynccontextmanager
    async def inbox(self, after: str | None = None) -> AsyncIterator[Subscription]:
        """The live inbox, once it stands."""
        async with self.socket() as socket:
            inbox = await socket.subscribe(operation("live/inbox"), {"after": after})
            opening = await inbox.next()
            assert opening["inbox"]["__typename"] == "Heartbeat", opening
            yield inbox


@dataclass
class People:
    """Makes people."""

    anyone: GraphQLClient
    suffix: str = field(default_factory=lambda: secrets.token_hex(4))

    async def join(self, name: str, **fields: Any) -> Person:
        """Sign somebody up."""
        handle = f"{name}{self.suffix}"
        fields = {"handle": handle, "password": PASSWORD, "displayName": name.capitalize(), **fields}
        data = await self.anyone.execute(operation("identity/sign-up"), {"input": fields})
        result = data["signUp"]
        assert result["__typename"] == "SignUpSuccess", result
        tokens, user = result["tokens"], result["viewer"]["user"]
        return Person(self.anyone.with_token(tokens["accessToken"]), user["id"], handle, tokens["refreshToken"])

    async def friends(self, *names: str) -> list[Person]:
        """Sign several up who all follow each other."""
        joined = [await self.join(name) for name in names]
        for n, one in enumerate(joined):
            for other in joined[n + 1 :]:
                await one.befriend(other)
        return joined
