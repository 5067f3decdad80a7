"""Retries: the same key and content send one message, however often and however many at once."""

import asyncio
from collections.abc import Callable

import pytest

from app.services import Services
from tests.rules.cast import Cast
from tests.rules.conftest import Unchanged
from tests.rules.records import nobody
from tests.support.graphql_client import Json
from tests.support.people import People


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


async def test_twenty_identical_sends_at_once_make_one_message(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    hello = {"text": {"text": "hello"}}
    answers = await asyncio.gather(*(ann.send(talk, hello, clientKey="same") for _ in range(20)))
    assert {answer["message"]["id"] for answer in answers} == {(await bob.messages(talk))[0]["id"]}
    assert sorted(answer["wasReplay"] for answer in answers) == [False, *[True] * 19]
    assert len(await bob.messages(talk)) == 1


async def test_twenty_identical_first_messages_at_once_make_one(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    hello = {"recipientId": bob.id, "clientKey": "same", "content": {"text": {"text": "hello"}}}
    answers = await asyncio.gather(*(ann.do("messages/send-to-person", **hello) for _ in range(20)))
    assert len({answer["message"]["id"] for answer in answers}) == 1
    assert len(await bob.messages(await bob.talk_to(ann))) == 1


async def test_two_hundred_different_sends_at_once_have_seq_1_to_200(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    sent = await asyncio.gather(*((ann, bob)[n % 2].send_text(talk, f"text {n}") for n in range(200)))
    assert sorted(message["seq"] for message in sent) == list(range(1, 201))
    page = await ann.history(talk, first=100)
    rest = await ann.history(talk, first=100, after=page["pageInfo"]["endCursor"])
    read = [edge["node"] for edge in [*page["edges"], *rest["edges"]]]
    assert [message["seq"] for message in read] == list(range(1, 201))
    texts = {message["seq"]: message["fallbackText"] for message in sent}
    assert {message["seq"]: message["fallbackText"] for message in read} == texts


CONTENTS: dict[str, Callable[[Cast], Json]] = {
    "text": lambda _: {"text": {"text": "hello"}},
    "photos": lambda cast: {"photos": {"uploadIds": [cast.photo], "caption": "hello"}},
    "video": lambda cast: {"video": {"videoId": cast.video, "caption": "hello"}},
    "profile": lambda cast: {"profile": {"userId": cast.cat.id, "caption": "hello"}},
    "sticker": lambda cast: {"sticker": {"stickerId": cast.sticker}},
}


@pytest.mark.parametrize("kind", CONTENTS)
async def test_a_retry_of_each_kind_returns_the_first_message(cast: Cast, unchanged: Unchanged, kind: str) -> None:
    content = CONTENTS[kind](cast)
    first = await cast.ann.send(cast.talk, content, clientKey=kind)
    assert first["wasReplay"] is False
    async with unchanged():
        again = await cast.ann.send(cast.talk, content, clientKey=kind)
        assert again["wasReplay"] is True
    for name in ("id", "seq", "sentAt", "clientKey", "fallbackText"):
        assert again["message"][name] == first["message"][name]


@pytest.mark.parametrize("kind", CONTENTS)
async def test_other_content_under_a_used_key_is_a_conflict(cast: Cast, unchanged: Unchanged, kind: str) -> None:
    key = f"conflict {kind}"
    content = CONTENTS[kind](cast)
    await cast.ann.send(cast.talk, content, clientKey=key)
    [fields] = content.values()
    others = [CONTENTS[other](cast) for other in CONTENTS if other != kind]
    if "caption" in fields:
        others += [{kind: {**fields, "caption": "Hello"}}, {kind: {**fields, "caption": None}}]
    async with unchanged():
        for other in others:
            refused = await cast.ann.send(cast.talk, other, clientKey=key)
            assert refused["__typename"] == "IdempotencyConflictError", other
        replying = await cast.ann.send(cast.talk, content, clientKey=key, replyToId=cast.heard["id"])
        assert replying["code"] == "IDEMPOTENCY_CONFLICT"


async def test_a_key_belongs_to_its_sender_and_conversation(cast: Cast) -> None:
    hello = {"text": {"text": "hello"}}
    sent = [
        await who.send(where, hello, clientKey="shared")
        for who, where in ((cast.ann, cast.talk), (cast.bob, cast.talk), (cast.ann, cast.group), (cast.bob, cast.group))
    ]
    assert [answer["wasReplay"] for answer in sent] == [False] * 4
    assert len({answer["message"]["id"] for answer in sent}) == 4


async def test_a_retry_after_an_edit_or_unsending_returns_what_became_of_it(cast: Cast, unchanged: Unchanged) -> None:
    hello = {"text": {"text": "before"}}
    sent = (await cast.ann.send(cast.talk, hello, clientKey="edited"))["message"]
    await cast.ann.do("messages/edit-message", messageId=sent["id"], text="after")
    async with unchanged():
        again = await cast.ann.send(cast.talk, hello, clientKey="edited")
        assert (again["wasReplay"], again["message"]["fallbackText"]) == (True, "after")
        assert (await cast.ann.send(cast.talk, {"text": {"text": "after"}}, clientKey="edited"))["code"] == (
            "IDEMPOTENCY_CONFLICT"
        )
    await cast.ann.do("messages/unsend-message", messageId=sent["id"])
    async with unchanged():
        again = await cast.ann.send(cast.talk, hello, clientKey="edited")
        assert (again["message"]["id"], again["message"]["content"]["__typename"]) == (sent["id"], "UnsentContent")


async def test_a_refused_send_uses_up_no_key(cast: Cast) -> None:
    gone = {"profile": {"userId": nobody()}}
    assert (await cast.ann.send(cast.talk, gone, clientKey="free"))["code"] == "NOT_FOUND"
    sent = await cast.ann.send(cast.talk, {"text": {"text": "hello"}}, clientKey="free")
    assert sent["wasReplay"] is False


async def test_a_retry_after_a_rule_changed_still_says_that_it_was_sent(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    hello = {"text": {"text": "hello"}}
    first = {"recipientId": bob.id, "clientKey": "1", "content": hello}
    sent = (await ann.do("messages/send-to-person", **first))["message"]
    talk = await ann.talk_to(bob)
    await bob.do("people/block-user", userId=ann.id)
    async with unchanged():
        for again in (await ann.do("messages/send-to-person", **first), await ann.send(talk, hello, clientKey="1")):
            assert (again["wasReplay"], again["message"]["id"]) == (True, sent["id"])
        assert (await ann.send(talk, hello, clientKey="2"))["code"] == "RECIPIENT_UNAVAILABLE"
