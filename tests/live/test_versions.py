"""An event shows nothing that was said after its hearer was shut out, however late it is handed on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.live import tailer as tailing
from app.services import Services
from tests.live.processes import Process, another_process
from tests.live.test_inbox import events
from tests.support.patience import PATIENCE
from tests.support.people import People, Person


@dataclass
class Late:
    """A server that reads the log only when it is told to."""

    process: Process

    def person(self, person: Person) -> Person:
        return person.at(self.process.url)

    def read_the_log(self) -> None:
        self.process.hub.tailer._look()


@pytest.fixture
async def late(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Late]:
    monkeypatch.setattr(tailing, "POLL_SECONDS", 10 * PATIENCE)
    async with another_process(services) as process:
        yield Late(process)


async def test_a_removed_member_does_not_see_an_edit_that_came_after(people: People, late: Late) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with late.person(bob).inbox() as bobs, late.person(cat).inbox() as cats:
        message = await ann.send_text(group, "at first")
        await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
        await ann.do("messages/edit-message", messageId=message["id"], text="edited")
        late.read_the_log()
        to_cat = await events(cats, 4)
        [to_bob] = await events(bobs, 1)
    assert to_bob["__typename"] == "MemberLeft"
    assert [event["__typename"] for event in to_cat] == ["MessageAdded", "MemberLeft", "MessageAdded", "MessageEdited"]
    assert to_cat[0]["message"]["fallbackText"] == "edited"


async def test_who_is_blocked_does_not_see_an_edit_that_came_after(people: People, late: Late) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with late.person(bob).inbox() as bobs, late.person(cat).inbox() as cats:
        message = await ann.send_text(group, "at first")
        await ann.do("people/block-user", userId=bob.id)
        await ann.do("messages/edit-message", messageId=message["id"], text="edited")
        await cat.send_text(group, "marker")
        late.read_the_log()
        to_bob, to_cat = await events(bobs, 2), await events(cats, 3)
    assert [event["message"]["fallbackText"] for event in to_cat] == ["edited", "edited", "marker"]
    assert to_bob[0]["message"]["content"]["__typename"] == "UnsentContent"
    assert to_bob[1]["message"]["fallbackText"] == "marker"
    assert "'edited'" not in str(to_bob)


async def test_a_member_who_was_away_and_came_back_misses_nothing(people: People, late: Late) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob)
    async with late.person(bob).inbox() as inbox:
        message = await ann.send_text(group, "at first")
        await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
        await ann.do("messages/edit-message", messageId=message["id"], text="edited")
        await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
        late.read_the_log()
        heard = await events(inbox, 4)
    assert [event["__typename"] for event in heard] == ["MessageAdded", "MemberLeft", "MemberJoined", "MessageAdded"]
    assert heard[0]["message"]["fallbackText"] == "edited"
