"""Lists read only the columns that are shown, and answer as where graphql-core executes, which reads them all."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from app.execution.compiled import run
from tests.execution.test_contract_differential import as_text, cast, plain
from tests.rules.cast import Cast
from tests.support.graphql_client import GraphQLClient
from tests.support.samples import a_photo

__all__ = ["cast", "plain"]

MESSAGE_FIELDS = ("sender { bio }", "sender { avatar { width } }", "replyTo { seq }", "clientKey", "editedAt")
INBOX_FIELDS = (
    "avatar { width }",
    "capabilities { canSend code }",
    "viewerState { role }",
    "viewerState { lastReadSeq }",
    "viewerState { mutedUntil }",
    "viewerState { unread { firstUnreadSeq } }",
    *(f"lastMessage {{ {fields} }}" for fields in MESSAGE_FIELDS),
)
FEW = "{ viewer { conversations { edges { node { lastMessage { seq } messages { edges { node { seq } } } } } } } }"


@pytest.fixture(scope="module")
async def talkative(cast: Cast) -> Cast:
    """Ann's last message in the group replies to bob's and was edited, bob's in their talk is unread, and cat lets only
    friends write any more."""
    ann, bob, group = cast.ann, cast.bob, cast.group
    photo = await ann.upload(a_photo("yellow"), "image/jpeg")
    await ann.do("people/update-profile", bio="about me", avatarUploadId=photo["id"])
    await ann.do("conversations/update-group", conversationId=group, avatarUploadId=photo["id"])
    await ann.do("conversations/mute-conversation", conversationId=group, until="2030-01-01T08:00:00Z")
    heard = await bob.send_text(group, "Where?")
    said = await ann.send_text(group, "Hear", replyToId=heard["id"])
    await ann.do("messages/edit-message", messageId=said["id"], text="Here")
    await bob.send_text(cast.talk, "Anyone?")
    await ann.send_text(await ann.talk_to(cast.cat), "Hello")
    await cast.cat.do("people/update-settings", messagePolicy="FRIENDS")
    return cast


Alike = Callable[[str], Awaitable[None]]


@pytest.fixture
def alike(talkative: Cast, plain: GraphQLClient, caplog: pytest.LogCaptureFixture) -> Alike:
    """Asserts that compiled execution answers ann as graphql-core does, with something, and leaves it nothing."""

    async def assert_alike(document: str) -> None:
        with caplog.at_level("DEBUG", run.__name__):
            shown = (await talkative.ann.client.raw(document)).body
        assert any(leaves(shown)), shown
        assert "left the value" not in caplog.text
        assert as_text(shown) == as_text((await plain.raw(document)).body)

    return assert_alike


@pytest.mark.parametrize("fields", INBOX_FIELDS)
async def test_an_inbox_shows_what_is_asked_for(fields: str, alike: Alike) -> None:
    await alike(f"{{ viewer {{ conversations {{ edges {{ node {{ {fields} }} }} }} }} }}")


@pytest.mark.parametrize("fields", MESSAGE_FIELDS)
async def test_a_history_shows_what_is_asked_for(fields: str, talkative: Cast, alike: Alike) -> None:
    page = f"messages {{ edges {{ node {{ {fields} }} }} }}"
    await alike(f'{{ node(id: "{talkative.group}") {{ ... on Conversation {{ {page} }} }} }}')


async def test_nothing_else_is_read(talkative: Cast, statements: Counter[str]) -> None:
    before = statements.copy()
    await talkative.ann.client.execute(FEW)
    read = "\n".join(statements - before)
    assert "m.seq" in read
    for column in ("s.bio", "m.client_key", "c.direct_low", "me.muted_until"):
        assert column not in read


def leaves(value: Any) -> Iterator[Any]:
    """All that an answer holds, without its structure."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    else:
        yield value
