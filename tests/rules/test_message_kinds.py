"""The five kinds of message: sent, read back by the other, and refused where they name what is not theirs to send."""

import asyncio

import pytest

from app.services import Services
from tests.rules.cast import Cast
from tests.rules.conftest import Unchanged
from tests.rules.records import nobody
from tests.support.graphql_client import Json
from tests.support.people import People, Person
from tests.support.samples import a_photo


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


async def received(cast: Cast, content: Json) -> Json:
    """The message as bob reads it, after ann has sent it."""
    sent = await cast.ann.send(cast.talk, content)
    assert sent["__typename"] == "SendMessageSuccess", sent
    return (await cast.bob.messages(cast.talk, last=1))[0]


async def test_a_text(cast: Cast) -> None:
    message = await received(cast, {"text": {"text": "Hello"}})
    assert message["content"] == {"__typename": "TextContent", "text": "Hello"}
    assert (message["fallbackText"], message["sender"]["id"], message["clientKey"]) == ("Hello", cast.ann.id, None)


async def upload_many(person: Person, count: int) -> list[str]:
    sizes = [(40 + number, 30) for number in range(count)]
    uploads = await asyncio.gather(*(person.upload(a_photo("red", size), "image/jpeg") for size in sizes))
    return [upload["id"] for upload in uploads]


async def test_an_album_keeps_its_order(cast: Cast) -> None:
    uploads = await upload_many(cast.ann, 9)
    order = uploads[::-1]
    message = await received(cast, {"photos": {"uploadIds": order, "caption": " Nine "}})
    content = message["content"]
    assert (content["__typename"], content["caption"]) == ("PhotoContent", "Nine")
    assert [photo["width"] for photo in content["photos"]] == [48 - number for number in range(9)]
    assert message["fallbackText"] == "9 photos: Nine"
    assert len({photo["url"]["href"] for photo in content["photos"]}) == 9


async def test_a_photo_can_be_sent_again(cast: Cast) -> None:
    for caption in ("one", None, "  "):
        message = await received(cast, {"photos": {"uploadIds": [cast.photo], "caption": caption}})
        assert message["content"]["caption"] == ("one" if caption == "one" else None)
        assert message["fallbackText"] == ("Photo: one" if caption == "one" else "Photo")


async def test_a_shared_video(cast: Cast) -> None:
    message = await received(cast, {"video": {"videoId": cast.video, "caption": "Look"}})
    content = message["content"]
    assert (content["isAvailable"], content["video"]["id"], content["caption"]) == (True, cast.video, "Look")
    assert message["fallbackText"] == "Video: Look"


async def test_a_shared_profile(cast: Cast) -> None:
    message = await received(cast, {"profile": {"userId": cast.cat.id}})
    assert message["content"]["user"]["handle"] == cast.cat.handle
    assert message["fallbackText"] == "Profile"


async def test_a_sticker(cast: Cast) -> None:
    message = await received(cast, {"sticker": {"stickerId": cast.sticker}})
    assert (message["content"]["sticker"]["id"], message["content"]["sticker"]["name"]) == (cast.sticker, "Wave")
    assert message["fallbackText"] == "Sticker"


async def test_more_photos_than_an_album_holds_none_or_one_twice_are_refused(cast: Cast, unchanged: Unchanged) -> None:
    async with unchanged():
        for uploads in ([nobody("Upload") for _ in range(10)], [], [cast.photo, cast.photo]):
            refused = await cast.ann.send(cast.talk, {"photos": {"uploadIds": uploads}})
            assert refused["__typename"] == "InvalidInputError"
            assert [problem["path"] for problem in refused["problems"]] == ["content.photos.uploadIds"]


async def test_what_is_not_there_or_not_ones_own_can_not_be_sent(cast: Cast, unchanged: Unchanged) -> None:
    others = (await cast.bob.upload(a_photo(), "image/jpeg"))["id"]
    async with unchanged():
        for content, code in (
            ({"photos": {"uploadIds": [cast.photo, others]}}, "NOT_FOUND"),
            ({"photos": {"uploadIds": [nobody("Upload")]}}, "NOT_FOUND"),
            ({"photos": {"uploadIds": [cast.clip]}}, "NOT_FOUND"),
            ({"photos": {"uploadIds": [cast.photo, cast.reserved]}}, "UPLOAD_NOT_READY"),
            ({"video": {"videoId": nobody("Video")}}, "NOT_FOUND"),
            ({"profile": {"userId": nobody("User")}}, "NOT_FOUND"),
            ({"sticker": {"stickerId": nobody("Sticker")}}, "NOT_FOUND"),
        ):
            assert (await cast.ann.send(cast.talk, content))["code"] == code, content


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"photos": {"uploadIds": ["x"]}}, "content.photos.uploadIds"),
        ({"photos": {"uploadIds": [nobody("User")]}}, "content.photos.uploadIds"),
        ({"video": {"videoId": nobody("Upload")}}, "content.video.videoId"),
        ({"profile": {"userId": ""}}, "content.profile.userId"),
        ({"sticker": {"stickerId": "\0"}}, "content.sticker.stickerId"),
    ],
)
async def test_an_id_that_is_none_is_named(cast: Cast, unchanged: Unchanged, content: Json, path: str) -> None:
    async with unchanged():
        refused = await cast.ann.send(cast.talk, content)
    assert [problem["path"] for problem in refused["problems"]] == [path]


@pytest.mark.parametrize("content", [{}, {"text": None}, {"text": {"text": "x"}, "sticker": {"stickerId": "x"}}])
async def test_a_message_is_of_exactly_one_kind(cast: Cast, unchanged: Unchanged, content: Json) -> None:
    fields = {"conversationId": cast.talk, "clientKey": "1", "content": content}
    query = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }"
    async with unchanged():
        reply = await cast.ann.client.raw(query, {"input": fields})
    assert reply.codes == ["BAD_USER_INPUT"]


async def test_a_message_goes_to_a_conversation_or_to_a_person(cast: Cast, unchanged: Unchanged) -> None:
    hello = {"clientKey": "1", "content": {"text": {"text": "hello"}}}
    async with unchanged():
        for to in ({}, {"conversationId": cast.talk, "recipientId": cast.bob.id}):
            assert await cast.ann.refused("messages/send-text", **to, **hello) == "INVALID_INPUT"
        for to in ({"conversationId": nobody("Conversation")}, {"recipientId": nobody("User")}):
            assert await cast.ann.refused("messages/send-text", **to, **hello) == "NOT_FOUND"
        for to in ({"conversationId": cast.ann.id}, {"recipientId": cast.talk}):
            assert await cast.ann.refused("messages/send-text", **to, **hello) == "INVALID_INPUT"
