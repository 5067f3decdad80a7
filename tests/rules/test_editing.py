"""Editing and unsending: one's own, for a while, and what was is gone for everyone."""

from datetime import timedelta

import pytest

from app.services import Services
from tests.rules.cast import Cast
from tests.rules.conftest import ServerWith, Unchanged
from tests.rules.records import key_of, make_older, nobody, to_message_id
from tests.support.graphql_client import Json
from tests.support.people import People

EDIT = "messages/edit-message"
UNSEND = "messages/unsend-message"


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


async def sent(cast: Cast, content: Json) -> Json:
    return (await cast.ann.send(cast.talk, content))["message"]  # type: ignore[no-any-return]


async def seen(cast: Cast, message: Json) -> Json:
    """The message as bob reads it now."""
    return (await cast.bob.ask("messages/message", id=message["id"]))["node"]  # type: ignore[no-any-return]


async def test_an_edit_shows_for_everyone_and_that_it_was_one(cast: Cast, unchanged: Unchanged) -> None:
    message = await sent(cast, {"text": {"text": "befor"}})
    assert message["editedAt"] is None
    edited = (await cast.ann.do(EDIT, messageId=message["id"], text="  before "))["message"]
    now = await seen(cast, message)
    assert (now["content"]["text"], now["seq"], now["id"]) == ("before", message["seq"], message["id"])
    assert now["editedAt"] == edited["editedAt"] > now["sentAt"] == message["sentAt"]
    async with unchanged():
        await cast.ann.do(EDIT, messageId=message["id"], text="before")


async def test_captions_are_edited_and_the_rest_stays(cast: Cast) -> None:
    for content in ({"photos": {"uploadIds": [cast.photo]}}, {"video": {"videoId": cast.video, "caption": "old"}}):
        message = await sent(cast, content)
        await cast.ann.do(EDIT, messageId=message["id"], text="new caption")
        now = await seen(cast, message)
        assert now["content"]["caption"] == "new caption"
        assert now["content"]["__typename"] == message["content"]["__typename"]
        assert now["content"].get("photos") or now["content"]["video"]


async def test_what_has_no_text_has_none_to_edit(cast: Cast, unchanged: Unchanged) -> None:
    for content in ({"profile": {"userId": cast.cat.id, "caption": "x"}}, {"sticker": {"stickerId": cast.sticker}}):
        message = await sent(cast, content)
        async with unchanged():
            assert await cast.ann.refused(EDIT, messageId=message["id"], text="x") == "WRONG_MESSAGE_KIND"


@pytest.mark.parametrize("text", ["", " ", "x" * 6001, "a\0"])
async def test_an_edited_text_has_the_rule_of_a_new_one(cast: Cast, unchanged: Unchanged, text: str) -> None:
    async with unchanged():
        refused = await cast.ann.answer(EDIT, messageId=cast.said["id"], text=text)
    assert [problem["path"] for problem in refused["problems"]] == ["text"]


async def test_only_the_sender_can_change_a_message(cast: Cast, unchanged: Unchanged) -> None:
    group_notice = (await cast.ann.messages(cast.group))[0]
    async with unchanged():
        for message_id, code in (
            (cast.heard["id"], "NOT_THE_SENDER"),
            (group_notice["id"], "NOT_THE_SENDER"),
            (nobody("Message"), "INVALID_INPUT"),
            (to_message_id(key_of(cast.talk), 10**6), "NOT_FOUND"),
            (to_message_id(key_of(cast.bob.id), 1), "NOT_FOUND"),
        ):
            assert await cast.ann.refused(EDIT, messageId=message_id, text="x") == code
            assert await cast.ann.refused(UNSEND, messageId=message_id) == code
        assert await cast.cat.refused(EDIT, messageId=cast.said["id"], text="x") == "NOT_FOUND"
        assert await cast.cat.refused(UNSEND, messageId=cast.said["id"]) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("name", "fields", "minutes"), [(EDIT, {"text": "late"}, 15), (UNSEND, {}, 3)], ids=["edit", "unsend"]
)
async def test_the_window_closes(
    cast: Cast, services: Services, unchanged: Unchanged, name: str, fields: Json, minutes: int
) -> None:
    message = await sent(cast, {"text": {"text": "old"}})
    await make_older(services, message, timedelta(minutes=minutes, seconds=1))
    async with unchanged():
        refused = await cast.ann.answer(name, messageId=message["id"], **fields)
    assert (refused["__typename"], refused["code"]) == ("NotAllowedError", "TOO_LATE")
    await make_older(services, message, timedelta(minutes=-1))
    await cast.ann.do(name, messageId=message["id"], **fields)


async def test_the_windows_are_settings(cast: Cast, server_with: ServerWith) -> None:
    strict = cast.ann.at(await server_with(edit_seconds=0, unsend_seconds=0))
    policy = (await strict.ask("about/policy"))["policy"]
    assert (policy["editWindowSeconds"], policy["unsendWindowSeconds"]) == (0, 0)
    message = await sent(cast, {"text": {"text": "fixed"}})
    assert await strict.refused(EDIT, messageId=message["id"], text="x") == "TOO_LATE"
    assert await strict.refused(UNSEND, messageId=message["id"]) == "TOO_LATE"


async def test_an_unsent_message_keeps_its_place_and_nothing_else(cast: Cast, services: Services) -> None:
    photos = {"photos": {"uploadIds": [cast.photo], "caption": "a secret"}}
    message = (await cast.ann.send(cast.talk, photos, replyToId=cast.heard["id"]))["message"]
    await cast.bob.do("messages/react", messageId=message["id"], emoji="👍")
    reply = (await cast.bob.send(cast.talk, {"text": {"text": "re"}}, replyToId=message["id"]))["message"]
    unsent = (await cast.ann.do(UNSEND, messageId=message["id"]))["message"]
    now = await seen(cast, message)
    for view in (unsent, now):
        assert view["content"]["__typename"] == "UnsentContent"
        assert (view["id"], view["seq"], view["sender"]["id"]) == (message["id"], message["seq"], cast.ann.id)
        assert (view["reactions"], view["replyTo"]) == ([], None)
        assert "secret" not in str(view)
    replied = (await seen(cast, reply))["replyTo"]
    assert (replied["id"], replied["fallbackText"]) == (message["id"], now["fallbackText"])
    rows = await services.database.rows("SELECT m::text AS text FROM messages m WHERE text LIKE '%a secret%'")
    assert rows == []


async def test_unsending_again_changes_nothing_and_nothing_can_be_done_with_it(
    cast: Cast, services: Services, unchanged: Unchanged
) -> None:
    message = await sent(cast, {"text": {"text": "oops"}})
    await cast.ann.do(UNSEND, messageId=message["id"])
    await make_older(services, message, timedelta(hours=1))
    async with unchanged():
        await cast.ann.do(UNSEND, messageId=message["id"])
        assert await cast.ann.refused(EDIT, messageId=message["id"], text="x") == "WRONG_MESSAGE_KIND"
        assert await cast.bob.refused("messages/react", messageId=message["id"], emoji="👍") == "WRONG_MESSAGE_KIND"
        assert await cast.bob.refused("messages/unreact", messageId=message["id"]) == "WRONG_MESSAGE_KIND"
