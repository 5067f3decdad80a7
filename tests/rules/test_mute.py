"""Mute: for oneself, until a time to come."""

from datetime import UTC, datetime, timedelta

import pytest

from app.services import Services
from tests.rules.conftest import Unchanged
from tests.rules.records import key_of
from tests.support.people import People, Person


async def muted_until(person: Person, conversation_id: str) -> str | None:
    conversation = await person.conversation(conversation_id)
    assert conversation
    return conversation["viewerState"]["mutedUntil"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
async def pair(crowd: People) -> tuple[Person, Person, str]:
    ann, bob = [await crowd.join(name) for name in ("ann", "bob")]
    return ann, bob, await ann.talk_to(bob)


async def test_it_is_ones_own_and_ends_at_its_time(pair: tuple[Person, Person, str], services: Services) -> None:
    ann, bob, talk = pair
    until = datetime.now(UTC) + timedelta(hours=8)
    await ann.do("conversations/mute-conversation", conversationId=talk, until=until.isoformat())
    assert datetime.fromisoformat(await muted_until(ann, talk) or "") == until
    assert await muted_until(bob, talk) is None
    await services.database.rows(
        "UPDATE members SET muted_until = now() - interval '1 second' WHERE conversation_id = $1 AND user_id = $2",
        key_of(talk), key_of(ann.id),
    )  # fmt: skip
    assert await muted_until(ann, talk) is None


async def test_without_a_time_it_ends_at_once(pair: tuple[Person, Person, str]) -> None:
    ann, _, talk = pair
    await ann.do("conversations/mute-conversation", conversationId=talk, until="2999-01-01T00:00:00+14:00")
    assert await muted_until(ann, talk) == "2998-12-31T10:00:00+00:00"
    await ann.do("conversations/mute-conversation", conversationId=talk)
    assert await muted_until(ann, talk) is None


@pytest.mark.parametrize(
    "until", ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
)
async def test_a_time_that_is_past_or_none_is_refused(
    pair: tuple[Person, Person, str], unchanged: Unchanged, until: str
) -> None:
    ann, _, talk = pair
    async with unchanged():
        assert await ann.refused("conversations/mute-conversation", conversationId=talk, until=until) == "INVALID_INPUT"


async def test_a_muted_conversation_is_unread_all_the_same(pair: tuple[Person, Person, str]) -> None:
    ann, bob, talk = pair
    await ann.do("conversations/mute-conversation", conversationId=talk, until="2999-01-01T00:00:00Z")
    before = await ann.unread(talk)
    await bob.send_text(talk, "hello")
    assert await ann.unread(talk) == before + 1
