"""What is told late of a sender: no profile of after a block, and no profile of before a change."""

import pytest

from app.live import ring
from app.live import tailer as tailing
from app.services import Services
from tests.live.processes import another_process
from tests.live.test_inbox import cursor_of, head_of
from tests.support.patience import PATIENCE
from tests.support.people import People

INBOX = """subscription ($after: Cursor) { inbox(after: $after) { __typename
    ... on MessageAdded { message { seq sender { handle displayName bio } fallbackText } }
    ... on MessageEdited { message { seq sender { handle displayName bio } fallbackText } } } }"""
ADDED = """subscription ($id: ID!, $after: Int) { messageAdded(conversationId: $id, afterSeq: $after) {
    seq sender { handle displayName } fallbackText } }"""


async def test_who_is_blocked_is_not_shown_a_profile_of_after_the_block(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    monkeypatch.setattr(tailing, "POLL_SECONDS", 10 * PATIENCE)
    async with (
        another_process(services) as late,
        bob.at(late.url).socket() as socket,
        cat.at(late.url).socket() as cats,
    ):
        inbox = await socket.subscribe(INBOX)
        live = await socket.subscribe(ADDED, {"id": group})
        other = await cats.subscribe(ADDED, {"id": group})
        await inbox.next()
        await socket.ping()
        await cats.ping()
        await late.hub.tailer.reach_head()
        await ann.send_text(group, "before")
        await ann.do("people/block-user", userId=bob.id)
        await ann.do("people/update-profile", displayName="My new secret name")
        late.hub.tailer._look()
        told = await inbox.next()
        while told["inbox"]["__typename"] != "MessageAdded":
            told = await inbox.next()
        added = await live.next()
        to_cat = await other.next()
    assert "secret" not in str(told)
    assert "secret" not in str(added)
    assert to_cat["messageAdded"]["sender"]["displayName"] == "My new secret name"


@pytest.mark.parametrize("memory", [True, False])
async def test_who_resumes_gets_the_profile_as_it_is_now(
    people: People, memory: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await people.friends("ann", "bob")
    talk = await ann.talk_to(bob)
    cursor = await cursor_of(bob)
    await ann.send_text(talk, "hello")
    await ann.do("people/update-profile", displayName="New name")
    await head_of(bob)
    if not memory:
        monkeypatch.setattr(ring.Ring, "holds", lambda *_: False)
        monkeypatch.setattr(ring.Ring, "said", lambda *_: None)
    async with bob.socket() as socket:
        inbox = await socket.subscribe(INBOX, {"after": cursor})
        await inbox.next()
        told = (await inbox.next())["inbox"]
        live = await socket.subscribe(ADDED, {"id": talk, "after": 0})
        said = (await live.next())["messageAdded"]
    assert said["sender"]["displayName"] == "New name"
    assert told["message"]["sender"]["displayName"] == "New name"
