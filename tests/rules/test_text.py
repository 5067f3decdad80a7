"""What people type: every script and emoji comes through as it is, what no one could read does not."""

import pytest

from tests.rules.conftest import ServerWith, Unchanged
from tests.support.people import People, Person


@pytest.fixture(scope="module")
async def pair(crowd: People) -> tuple[Person, Person, str]:
    ann, bob = [await crowd.join(name) for name in ("ann", "bob")]
    return ann, bob, await ann.talk_to(bob)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "x" * 6000,
        "\U0001f680" * 6000,
        "two\nlines\tand a tab",
        "\u05e9\u05dc\u05d5\u05dd, \u0645\u0631\u062d\u0628\u0627 \u2067123\u2069 end",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u0928\u092e\u0938\u094d\u0924\u0947 \u4f60\u597d \ud55c\uad6d\uc5b4 \u00dcmlaut",
        "<b>not markup</b> & \"quotes\" 'too' \\n {{x}} %s $1; DROP TABLE messages; --",
        "null",
    ],
)
async def test_it_arrives_as_it_was_written(pair: tuple[Person, Person, str], text: str) -> None:
    ann, bob, talk = pair
    await ann.send_text(talk, text)
    [message] = await bob.messages(talk, last=1)
    assert (message["content"]["text"], message["fallbackText"]) == (text, text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  x \n", "x"),
        ("a\r\nb", "a\nb"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\u3000x\u00a0", "x"),
        ("e\u0301" * 6000, None),
    ],
)
async def test_it_is_kept_in_normal_form_without_white_space_around_it(
    pair: tuple[Person, Person, str], written: str, kept: str | None
) -> None:
    ann, bob, talk = pair
    await ann.send_text(talk, written)
    [message] = await bob.messages(talk, last=1)
    assert message["content"]["text"] == (kept or "\u00e9" * 6000)


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 6001, "a\0b", "a\x07", "a\x1bb", "a\rb", "a\x85b", "a\x7f"])
async def test_nothing_too_much_and_control_characters_are_refused(
    pair: tuple[Person, Person, str], unchanged: Unchanged, text: str
) -> None:
    ann, _, talk = pair
    async with unchanged():
        refused = await ann.send(talk, {"text": {"text": text}})
    assert refused["__typename"] == "InvalidInputError"
    assert [problem["path"] for problem in refused["problems"]] == ["content.text.text"]


@pytest.mark.parametrize("caption", ["x" * 6001, "a\0b"])
async def test_captions_have_the_same_rule(
    pair: tuple[Person, Person, str], unchanged: Unchanged, caption: str
) -> None:
    ann, bob, talk = pair
    async with unchanged():
        refused = await ann.send(talk, {"profile": {"userId": bob.id, "caption": caption}})
    assert [problem["path"] for problem in refused["problems"]] == ["content.profile.caption"]


@pytest.mark.parametrize("key", ["", "  ", "x" * 65, "a\0", "a\nb\x07"])
async def test_a_client_key_is_1_to_64_characters(
    pair: tuple[Person, Person, str], unchanged: Unchanged, key: str
) -> None:
    ann, _, talk = pair
    async with unchanged():
        refused = await ann.send(talk, {"text": {"text": "hello"}}, clientKey=key)
    assert [problem["path"] for problem in refused["problems"]] == ["clientKey"]


async def test_the_limit_is_a_setting(pair: tuple[Person, Person, str], server_with: ServerWith) -> None:
    ann, _, talk = pair
    short = ann.at(await server_with(text_max_characters=3, album_max_photos=1))
    policy = (await short.ask("about/policy"))["policy"]
    assert (policy["textMaxCharacters"], policy["albumMaxPhotos"]) == (3, 1)
    assert (await short.send(talk, {"text": {"text": "four"}}))["code"] == "INVALID_INPUT"
    assert (await short.send(talk, {"text": {"text": "two"}}))["__typename"] == "SendMessageSuccess"
