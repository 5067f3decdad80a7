"""History: dense, in one order for everyone, and the same by whatever pages it is read."""

import random
import secrets

import pytest

from tests.support.graphql_client import Json
from tests.support.people import People, Person


@pytest.fixture(scope="module")
async def talk(crowd: People) -> tuple[Person, Person, str]:
    """Two people who wrote 23 messages in turns."""
    ann, bob = [await crowd.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    for number in range(1, 24):
        await (ann if number % 3 else bob).send_text(talk, f"text {number}")
    return ann, bob, talk


def seqs(page: Json) -> list[int]:
    return [edge["node"]["seq"] for edge in page["edges"]]


async def test_everyone_reads_the_same_dense_order(talk: tuple[Person, Person, str]) -> None:
    ann, bob, talk_id = talk
    for reader in (ann, bob):
        messages = await reader.messages(talk_id)
        assert [message["seq"] for message in messages] == list(range(1, 24))
        assert [message["fallbackText"] for message in messages] == [f"text {number}" for number in range(1, 24)]
        times = [message["sentAt"] for message in messages]
        assert times == sorted(times)


async def test_only_its_sender_is_told_the_client_key(talk: tuple[Person, Person, str]) -> None:
    ann, bob, talk_id = talk
    for reader in (ann, bob):
        for message in await reader.messages(talk_id):
            assert (message["clientKey"] is not None) is (message["sender"]["id"] == reader.id)


@pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 24, 100])
async def test_paging_back_and_forth_gives_the_whole(talk: tuple[Person, Person, str], size: int) -> None:
    ann, _, talk_id = talk
    forth: list[int] = []
    after, more = None, True
    while more:
        page = await ann.history(talk_id, first=size, after=after)
        forth += seqs(page)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    back: list[int] = []
    before, more = None, True
    while more:
        page = await ann.history(talk_id, last=size, before=before)
        back = seqs(page) + back
        assert page["pageInfo"]["hasNextPage"] is (before is not None)
        before, more = page["pageInfo"]["startCursor"], page["pageInfo"]["hasPreviousPage"]
    assert forth == back == list(range(1, 24))


async def test_a_walk_by_random_pages_stays_on_the_path(talk: tuple[Person, Person, str]) -> None:
    ann, _, talk_id = talk
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201
    dice = random.Random(seed)
    cursors = {edge["node"]["seq"]: edge["cursor"] for edge in (await ann.history(talk_id))["edges"]}
    for _ in range(40):
        size, low, high = dice.randint(1, 25), dice.randint(1, 23), dice.randint(1, 23)
        between = [seq for seq in range(1, 24) if low < seq < high]
        page = await ann.history(talk_id, first=size, after=cursors[low], before=cursors[high])
        assert seqs(page) == between[:size]
        page = await ann.history(talk_id, last=size, after=cursors[low], before=cursors[high])
        assert seqs(page) == between[-size:]


async def test_without_arguments_it_is_the_latest(talk: tuple[Person, Person, str]) -> None:
    ann, _, talk_id = talk
    page = await ann.history(talk_id)
    assert seqs(page) == list(range(1, 24))
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (False, False)
    assert seqs(await ann.history(talk_id, last=3)) == [21, 22, 23]
    assert seqs(await ann.history(talk_id, first=3)) == [1, 2, 3]


async def test_beyond_either_end_there_is_nothing(talk: tuple[Person, Person, str]) -> None:
    ann, _, talk_id = talk
    page = await ann.history(talk_id)
    info = page["pageInfo"]
    behind = await ann.history(talk_id, first=5, after=info["endCursor"])
    assert (behind["edges"], behind["pageInfo"]["hasNextPage"]) == ([], False)
    ahead = await ann.history(talk_id, last=5, before=info["startCursor"])
    assert (ahead["edges"], ahead["pageInfo"]["hasPreviousPage"]) == ([], False)
    assert behind["pageInfo"]["startCursor"] is ahead["pageInfo"]["endCursor"] is None


async def test_a_page_is_not_shifted_by_what_is_said_meanwhile(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    for number in range(4):
        await ann.send_text(talk, str(number))
    latest = await bob.history(talk, last=2)
    await ann.send_text(talk, "new")
    older = await bob.history(talk, last=2, before=latest["pageInfo"]["startCursor"])
    newer = await bob.history(talk, first=2, after=latest["pageInfo"]["endCursor"])
    assert [seqs(older), seqs(latest), seqs(newer)] == [[1, 2], [3, 4], [5]]


async def test_a_conversation_in_which_nothing_was_said_has_an_empty_page(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    page = await ann.history(await ann.talk_to(bob))
    assert page["edges"] == []
    assert not any(page["pageInfo"].values())
