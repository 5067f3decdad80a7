"""A send compares and writes in one statement: what changes meanwhile stops it, and it holds nothing between trips."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from app.auth.viewer import Viewer
from app.errors import NotAllowedError, NotFoundError, UnauthenticatedError
from app.ids import new_id
from app.services import Services
from app.store import sends
from app.store.database import Transaction
from app.store.events import Sealed
from app.store.messages import COLUMNS, Draft
from app.store.sends import Judgements, Request
from resolvers.content import Content
from resolvers.policy import MessageKind
from resolvers.sends import Outgoing, Sent, send
from tests.rules.conftest import Unchanged, unchanged
from tests.rules.records import key_of
from tests.support.people import People, Person

__all__ = ["unchanged"]


def viewer_of(services: Services, person: Person) -> Viewer:
    claims = services.access_tokens.read(person.client.token or "")
    return Viewer(claims.user_id, claims.session_id, claims.expires_at)


def say(services: Services, person: Person, conversation_id: UUID, key: str = "1") -> asyncio.Task[Sent]:
    outgoing = Outgoing(key, Content(MessageKind.TEXT, "hello"), conversation_id=conversation_id)
    return asyncio.create_task(send(services, viewer_of(services, person), outgoing))


@contextlib.asynccontextmanager
async def before(services: Services, database_url: str, change: str, *args: object) -> AsyncIterator[None]:
    """Within, a change holds its locks uncommitted; on leaving it commits once something waits for it."""
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        await connection.execute("SELECT FROM conversations WHERE id = $1 FOR UPDATE", args[0])
        await connection.execute(change, *args)
        yield
        while not await services.database.rows("SELECT FROM pg_locks WHERE $1 = ANY (pg_blocking_pids(pid))", pid):
            pass
    await connection.close()


# What somebody else changes under the conversation's lock while a send waits for it, and how the send ends.
CHANGES = {
    "a removal": (
        """UPDATE members SET active = false, inbox_at = NULL, unread_seq = NULL
        WHERE conversation_id = $1 AND user_id = $2""",
        NotFoundError,
    ),
    "a block": (
        """INSERT INTO blocks SELECT user_id, $2, now() FROM members WHERE conversation_id = $1 AND user_id <> $2""",
        NotAllowedError,
    ),
    "an end of the session": (
        "UPDATE sessions SET ended_at = now() WHERE user_id = $2 AND $1::uuid IS NOT NULL",
        UnauthenticatedError,
    ),
    "a suspension": (
        "UPDATE users SET suspended_at = now() WHERE id = $2 AND $1::uuid IS NOT NULL",
        UnauthenticatedError,
    ),
    "messages turned off": (
        "UPDATE users SET message_policy = 'OFF' WHERE id = $2 AND $1::uuid IS NOT NULL",
        NotAllowedError,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_what_commits_while_a_send_waits_stops_it(
    people: People, services: Services, database_url: str, name: str
) -> None:
    change, error = CHANGES[name]
    ann, bob = [await people.join(each) for each in ("ann", "bob")]
    talk = key_of(await ann.talk_to(bob))
    await say(services, ann, talk, "judged good")
    async with before(services, database_url, change, talk, key_of(ann.id)):
        late = say(services, ann, talk)
    with pytest.raises(error):
        await late
    rows = await services.database.rows("SELECT client_key FROM messages WHERE conversation_id = $1", talk)
    assert [row["client_key"] for row in rows] == ["judged good"]


def request_of(viewer: Viewer, conversation_id: UUID) -> Request:
    draft = Draft("TEXT", text="hello", client_key=new_id().hex, content_hash=b"hash")
    return Request(viewer.user_id, viewer.session_id, conversation_id, draft)


async def test_facts_that_were_judged_otherwise_write_nothing(
    people: People, services: Services, unchanged: Unchanged
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk, viewer = key_of(await ann.talk_to(bob)), viewer_of(services, ann)
    none, others = Judgements(16), Judgements(16)
    earlier = (await sends.attempt(services.database, request_of(viewer, talk), none)).facts
    assert earlier
    others.keep(earlier)
    await ann.follow(bob)
    async with unchanged():
        for judged in (none, others):
            attempt = await sends.attempt(services.database, request_of(viewer, talk), judged)
            assert attempt.sealed is None
            assert attempt.facts
            assert (earlier["viewer_follows"], attempt.facts["viewer_follows"]) == (False, True)


async def test_whose_birth_date_is_long_ago_has_the_facts_of_everybody(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk, viewer = key_of(await ann.talk_to(bob)), viewer_of(services, ann)
    grown_up_by = services.judgements.grown_up_by()
    for born, fact in ((grown_up_by, None), (grown_up_by + timedelta(days=1), grown_up_by + timedelta(days=1))):
        await services.database.rows("UPDATE users SET birth_date = $1", born)
        attempt = await sends.attempt(services.database, request_of(viewer, talk), Judgements(16))
        assert attempt.facts
        assert (attempt.facts["my_birth_date"], attempt.facts["other_birth_date"]) == (fact, fact)


async def test_a_send_tells_the_tailer_its_event_and_message_as_the_log_has_them(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    told: list[Sealed] = []
    passed_on = services.database.on_commit
    assert passed_on

    def listen(sealed: Sequence[Sealed]) -> None:
        told.extend(sealed)
        passed_on(sealed)

    monkeypatch.setattr(services.database, "on_commit", listen)
    hello = {"clientKey": "1", "content": {"text": {"text": "hello"}}}
    await ann.do("messages/send-to-person", recipientId=bob.id, **hello)
    await ann.send_text(await ann.talk_to(bob), "again")
    assert [sealed.message and sealed.message["seq"] for sealed in told] == [1, 2]
    for sealed in told:
        [event] = await services.database.rows(
            "SELECT * FROM events WHERE lane = $1 AND pos = $2", sealed.row["lane"], sealed.row["pos"]
        )
        assert dict(event) == sealed.row
        assert sealed.message
        [message] = await services.database.rows(
            f"SELECT {COLUMNS} FROM messages m WHERE conversation_id = $1 AND seq = $2", event["topic"], event["seq"]
        )
        [sender] = await services.database.rows(
            "SELECT handle, display_name, bio, avatar_id FROM users WHERE id = $1", event["user_id"]
        )
        assert sealed.message == {**message, **sender, "in_group": False, "has_reactions": False}


async def test_a_caller_that_is_cancelled_leaves_its_send_whole(people: People, services: Services) -> None:
    ann = await people.join("ann")
    talks = [key_of(await ann.talk_to(await people.join(f"p{number}x"))) for number in range(5)]
    tasks = [say(services, ann, talk, str(number)) for talk in talks for number in range(4)]
    for _ in range(3):  # the sends ask, their group is made up, and its statement begins
        await asyncio.sleep(0)
    assert services.sends._busy
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    while under_way := services.database._units.tasks:
        await asyncio.wait(under_way)
    for talk in talks:
        events = await services.database.rows("SELECT seq FROM events WHERE topic = $1 ORDER BY pos", talk)
        said = await services.database.rows("SELECT seq FROM messages WHERE conversation_id = $1 ORDER BY seq", talk)
        assert [row["seq"] for row in events] == [row["seq"] for row in said] == [1]


async def test_a_send_within_a_unit_of_work_commits_or_falls_with_it(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk, viewer = key_of(await ann.talk_to(bob)), viewer_of(services, ann)
    judgements = Judgements(16)
    facts = (await sends.attempt(services.database, request_of(viewer, talk), judgements)).facts
    assert facts
    judgements.keep(facts)

    async def work(tx: Transaction) -> None:
        attempt = await sends.attempt(tx, request_of(viewer, talk), judgements)
        assert attempt.sealed
        raise LookupError

    with pytest.raises(LookupError):
        await services.database.unit(work)
    assert await services.database.rows("SELECT FROM messages WHERE conversation_id = $1", talk) == []
    assert await services.database.rows("SELECT FROM events WHERE topic = $1", talk) == []
