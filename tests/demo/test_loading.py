"""The demo in a fresh database, as its people see it through the API."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp.test_utils import TestServer

from app.auth.handles import handle_key
from app.config import Settings
from app.demo.cast import CLIPS, PEOPLE
from app.demo.files import Stored, clips, pictures
from app.demo.loading import Demo, load_demo, load_demo_into
from app.demo.packs import PACKS
from app.demo.transcripts import NOTICE, read_conversations
from app.demo.writing import World, follow_edges, write_world
from app.errors import ConfigurationError
from app.ids import new_id
from app.opening import open_services
from app.server import build_app
from app.services import Services
from app.store import users
from app.store.database import Row, Transaction
from tests.conftest import TEMPLATE, database_named
from tests.support.graphql_client import GraphQLClient, Json
from tests.support.people import Person, operation

PASSWORD = "a password for the demo"
SCRIPT = read_conversations()
ENTRIES = [entry for conversation in SCRIPT for entry in conversation.entries]
TABLES = ("users", "follows", "conversations", "members", "messages", "reactions", "uploads", "photos", "videos",
          "video_shares", "sticker_packs", "stickers", "user_search_terms", "events")  # fmt: skip

SignIn = Callable[[str], Awaitable[Person]]


@asynccontextmanager
async def fresh_services(settings: Settings, engine_database_url: str) -> AsyncIterator[Services]:
    """Services on an empty database of their own."""
    name = f"demo_{new_id().hex}"
    connection = await asyncpg.connect(engine_database_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    await connection.close()
    own = replace(settings, database_url=database_named(engine_database_url, name))
    async with open_services(own) as services:
        yield services


@pytest.fixture(scope="module")
async def loaded(settings: Settings, engine_database_url: str) -> AsyncIterator[Services]:
    async with fresh_services(settings, engine_database_url) as services:
        await load_demo(services, PASSWORD)
        yield services


@pytest.fixture(scope="module")
async def sign_in(loaded: Services, http: aiohttp.ClientSession) -> AsyncIterator[SignIn]:
    async with TestServer(build_app(loaded)) as server:
        client = GraphQLClient(http, str(server.make_url("/graphql")))

        async def signed_in(handle: str) -> Person:
            fields = {"handle": handle, "password": PASSWORD}
            result = (await client.execute(operation("identity/sign-in"), {"input": fields}))["signIn"]
            tokens, user = result["tokens"], result["viewer"]["user"]
            return Person(client.with_token(tokens["accessToken"]), user["id"], handle, tokens["refreshToken"])

        yield signed_in


async def row_counts(services: Services) -> dict[str, int]:
    rows = {table: await services.database.row(f"SELECT count(*) AS n FROM {table}") for table in TABLES}
    return {table: row["n"] for table, row in rows.items() if row}


async def test_the_database_holds_all_of_the_script(loaded: Services) -> None:
    counts = await row_counts(loaded)
    assert counts["users"] == len(PEOPLE)
    assert counts["follows"] == len(list(follow_edges()))
    assert counts["conversations"] == len(SCRIPT)
    assert counts["members"] == sum(len(conversation.everyone) for conversation in SCRIPT)
    assert counts["messages"] == len(ENTRIES)
    assert counts["reactions"] == sum(len(entry.reactions) for entry in ENTRIES)
    assert counts["videos"] == len(CLIPS)
    assert counts["stickers"] == sum(len(pack.stickers) for pack in PACKS)
    assert counts["events"] == 0, "nobody listened"


async def test_each_conversation_is_numbered_without_gaps_and_ends_with_its_latest_message(loaded: Services) -> None:
    rows = await loaded.database.rows(
        """SELECT c.last_seq, c.last_activity_at, count(*) AS n, max(m.seq) AS top, max(m.sent_at) AS latest,
            bool_and(m.sent_at < now()) AS past
        FROM conversations c JOIN messages m ON m.conversation_id = c.id GROUP BY c.id"""
    )
    assert len(rows) == len(SCRIPT)
    for row in rows:
        assert row["n"] == row["top"] == row["last_seq"]
        assert row["latest"] == row["last_activity_at"]
        assert row["past"]


async def test_a_second_load_changes_nothing_whatever_its_password(loaded: Services, sign_in: SignIn) -> None:
    before = await row_counts(loaded)
    await load_demo_into(loaded.settings, "another password")
    assert await row_counts(loaded) == before
    await sign_in("theo")


async def inbox_of(person: Person) -> list[Json]:
    """A person's conversations, all of them."""
    data = await person.ask("conversations/conversations", first=50)
    return [edge["node"] for edge in data["viewer"]["conversations"]["edges"]]


async def test_demo_people_sign_in_and_find_what_they_have_not_read(sign_in: SignIn) -> None:
    for handle in ("mira", "felix", "lina", "fern"):
        inbox = await inbox_of(await sign_in(handle))
        mine = [conversation for conversation in SCRIPT if handle in conversation.everyone]
        unread = Counter(conversation["viewerState"]["unread"]["count"] for conversation in inbox)
        assert unread == Counter(conversation.unread.get(handle, 0) for conversation in mine)
        latest = [conversation["lastActivityAt"] for conversation in inbox]
        assert latest == sorted(latest, reverse=True)


async def history_of(person: Person) -> list[Json]:
    """All that a person can read."""
    return [message for one in await inbox_of(person) for message in await person.messages(one["id"])]


async def test_history_shows_messages_of_all_kinds_whose_media_can_be_fetched(
    sign_in: SignIn, http: aiohttp.ClientSession
) -> None:
    seen: dict[str, Json] = {}
    for handle in ("mira", "remy"):
        seen |= {said["content"]["__typename"]: said["content"] for said in await history_of(await sign_in(handle))}
    assert set(seen) == {"TextContent", "PhotoContent", "SharedVideoContent", "SharedProfileContent", "StickerContent",
                         "NoticeContent", "UnsentContent"}  # fmt: skip
    video = seen["SharedVideoContent"]["video"]
    image = {"image/webp": [seen["PhotoContent"]["photos"][0], seen["StickerContent"]["sticker"]["image"]]}
    for content_type, holders in {**image, "video/mp4": [video]}.items():
        for holder in holders:
            async with http.get(holder["url"]["href"]) as response:
                assert response.status == 200
                assert response.content_type == content_type


async def test_who_joined_later_sees_only_what_was_said_since(sign_in: SignIn) -> None:
    council = next(conversation for conversation in SCRIPT if "pia" in set(conversation.everyone[2:]))
    joined = next(n for n, entry in enumerate(council.entries, 1) if "pia" in entry.subjects and entry.kind == NOTICE)
    pia = await sign_in("pia")
    [group] = [conversation for conversation in await inbox_of(pia) if conversation["kind"] == "GROUP"]
    assert [message["seq"] for message in await pia.messages(group["id"])] == list(
        range(joined, len(council.entries) + 1)
    )


async def test_what_is_sent_now_follows_what_was_said_then(sign_in: SignIn) -> None:
    theo, mira = await sign_in("theo"), await sign_in("mira")
    talk = await theo.talk_to(mira)
    [latest] = await theo.messages(talk, last=1)
    async with mira.inbox() as inbox:
        sent = await theo.send_text(talk, "Are you there?")
        assert (await inbox.next())["inbox"]["message"]["id"] == sent["id"]
    assert sent["seq"] == latest["seq"] + 1
    assert await mira.unread(talk) == 2


async def test_the_playground_is_offered_everyone_with_a_small_portrait() -> None:
    demo = Demo(PASSWORD)
    offered = await demo()
    assert demo.somebody in {person.handle for person in offered.people}
    assert offered.password == demo.password == PASSWORD
    for person in offered.people:
        assert person.avatar is not None
        assert person.avatar.startswith("data:image/webp;base64,")
        assert len(person.avatar) < 6000
    assert await demo() is offered


def unprocessed() -> dict[Any, Stored]:
    """Rows of media as if they had been stored."""
    keys = dict.fromkeys(("thumbnail_key", "chat_key", "full_key"), "photos/none")
    photo = {"width": 1, "height": 1, "placeholder": "", "alt_text": None, **keys}
    clip = {"duration_seconds": 1.0, "media_key": "videos/none", "media_type": "video/mp4"}
    return {path: Stored(path, "image/webp", 1, "", photo, clip) for path, _ in [*clips(), *pictures()]}


Fresh = Callable[[], AbstractAsyncContextManager[Services]]


@pytest.fixture
def fresh(settings: Settings, engine_database_url: str) -> Fresh:
    return lambda: fresh_services(settings, engine_database_url)


async def stranger(tx: Transaction, handle: str) -> Row | None:
    return await users.insert(
        tx, user_id=new_id(), handle=handle, handle_key=handle_key(handle), display_name="A stranger",
        password_hash="none", birth_date=None, now=datetime.now(UTC),
    )  # fmt: skip


async def test_a_load_that_fails_half_way_leaves_nothing(fresh: Fresh) -> None:
    async with fresh() as services:
        await services.database.unit(lambda tx: stranger(tx, "corvin"))
        before = await row_counts(services)
        with pytest.raises(ConfigurationError, match="corvin"):
            await services.database.unit(
                lambda tx: write_world(World(tx, datetime.now(UTC), unprocessed(), "none"), SCRIPT)
            )
        assert await row_counts(services) == before


async def test_a_load_that_another_has_overtaken_writes_nothing(fresh: Fresh) -> None:
    async with fresh() as services:
        await services.database.unit(lambda tx: stranger(tx, PEOPLE[0].handle))
        before = await row_counts(services)
        await services.database.unit(
            lambda tx: write_world(World(tx, datetime.now(UTC), unprocessed(), "none"), SCRIPT)
        )
        assert await row_counts(services) == before


async def test_a_password_that_nobody_could_choose_is_refused(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="at least 8 characters"):
        await load_demo_into(settings, "short")
