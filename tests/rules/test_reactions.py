"""Reactions: one emoji of each person to a message, counted by emoji."""

import pytest

from tests.rules.conftest import Unchanged
from tests.support.people import People, Person

REACT = "messages/react"

Reactions = list[tuple[str, int, bool]]


@pytest.fixture(scope="module")
async def friends(crowd: People) -> tuple[Person, Person, Person, str]:
    ann, bob, cat = await crowd.friends("ann", "bob", "cat")
    return ann, bob, cat, await ann.make_group(bob, cat)


async def reactions(person: Person, message_id: str) -> Reactions:
    """(emoji, count, whether the viewer's is among them), as somebody sees them."""
    node = (await person.ask("messages/message", id=message_id))["node"]
    return [(group["emoji"], group["count"], group["viewerHasReacted"]) for group in node["reactions"]]


async def test_they_are_counted_by_emoji_the_first_given_first(friends: tuple[Person, Person, Person, str]) -> None:
    ann, bob, cat, group = friends
    message = await ann.send_text(group, "hello")
    for who, emoji in ((bob, "🎉"), (cat, "👍"), (ann, "👍")):
        await who.do(REACT, messageId=message["id"], emoji=emoji)
    assert await reactions(ann, message["id"]) == [("🎉", 1, False), ("👍", 2, True)]
    assert await reactions(bob, message["id"]) == [("🎉", 1, True), ("👍", 2, False)]


async def test_another_emoji_replaces_the_first_and_the_same_changes_nothing(
    friends: tuple[Person, Person, Person, str], unchanged: Unchanged
) -> None:
    ann, bob, _, group = friends
    message = await ann.send_text(group, "hello")
    await bob.do(REACT, messageId=message["id"], emoji="👍")
    reacted = (await bob.do(REACT, messageId=message["id"], emoji="❤️"))["message"]
    assert [group["emoji"] for group in reacted["reactions"]] == ["❤️"]
    async with unchanged():
        await bob.do(REACT, messageId=message["id"], emoji=" ❤️ ")
    assert await reactions(ann, message["id"]) == [("❤️", 1, False)]


async def test_one_taken_back_is_gone_and_taking_it_back_again_changes_nothing(
    friends: tuple[Person, Person, Person, str], unchanged: Unchanged
) -> None:
    ann, bob, _, group = friends
    message = await ann.send_text(group, "hello")
    await bob.do(REACT, messageId=message["id"], emoji="👍")
    async with unchanged():
        await ann.do("messages/unreact", messageId=message["id"])
    assert (await bob.do("messages/unreact", messageId=message["id"]))["message"]["reactions"] == []
    async with unchanged():
        await bob.do("messages/unreact", messageId=message["id"])


ONE_EMOJI = [
    *("👍", "❤", "❤️", "👍🏽", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👨‍👩‍👧‍👦", "👩🏽‍❤️‍💋‍👨🏽", "🏳️‍⚧️", "❤️‍🔥", "1️⃣", "#️⃣", "*⃣"),
    *(
        "©️",
        "™️",
        "☺️",
        "✔️",
        "⌚",
        "Ⓜ️",
        "㊗️",
        "‼️",
        "⁉️",
        "\u2139\ufe0f",
        "↔️",
        "↩️",
        "▶️",
        "◽",
        "◼️",
        "⤴️",
        "〰️",
        "〽️",
        "🅰️",
        "🈁",
        "🀄",
    ),
    *("\U0001fae8", "\U0001fac6", "\U0001f426\u200d\U0001f525"),  # of Unicode 15 to 16
]


@pytest.mark.parametrize("emoji", ONE_EMOJI)
async def test_any_one_emoji_can_be_given(friends: tuple[Person, Person, Person, str], emoji: str) -> None:
    ann, bob, _, group = friends
    message = await ann.send_text(group, "hello")
    reacted = (await bob.do(REACT, messageId=message["id"], emoji=emoji))["message"]
    assert [group["emoji"] for group in reacted["reactions"]] == [emoji]


NOT_ONE_EMOJI = [
    *(
        "",
        " ",
        "a",
        "lol",
        "1",
        "#",
        "👍👍",
        "👍 👍",
        "👍a",
        "a👍",
        "🇩",
        "🇩🇪🇩🇪",
        "❤️❤️",
        "👍\0",
        "\u200d",
        "\ufe0f",
        "🏽",
    ),
    *("a\u20e3", "12\u20e3", "👍\u20e3", "\u20e3", "👍\u200d", "\u200d👍", "é", "中", "<", "😀" * 9, "x" * 5000),
]


@pytest.mark.parametrize("emoji", NOT_ONE_EMOJI)
async def test_anything_but_one_emoji_is_refused(
    friends: tuple[Person, Person, Person, str], unchanged: Unchanged, emoji: str
) -> None:
    ann, bob, _, group = friends
    message = (await ann.messages(group, last=1))[0]
    async with unchanged():
        refused = await bob.answer(REACT, messageId=message["id"], emoji=emoji)
    assert refused["__typename"] == "InvalidInputError"
    assert [problem["path"] for problem in refused["problems"]] == ["emoji"]


async def test_a_notice_can_not_be_reacted_to(
    friends: tuple[Person, Person, Person, str], unchanged: Unchanged
) -> None:
    ann, _, _, group = friends
    notice = (await ann.messages(group))[0]
    async with unchanged():
        assert await ann.refused(REACT, messageId=notice["id"], emoji="👍") == "WRONG_MESSAGE_KIND"
        assert await ann.refused("messages/unreact", messageId=notice["id"]) == "WRONG_MESSAGE_KIND"


async def test_an_outsider_can_not_react(
    friends: tuple[Person, Person, Person, str], people: People, unchanged: Unchanged
) -> None:
    ann, _, _, group = friends
    eve = await people.join("eve")
    message = await ann.send_text(group, "hello")
    async with unchanged():
        assert await eve.refused(REACT, messageId=message["id"], emoji="👍") == "NOT_FOUND"
        assert await eve.refused("messages/unreact", messageId=message["id"]) == "NOT_FOUND"
