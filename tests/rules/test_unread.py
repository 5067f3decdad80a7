"""Unread: others' messages behind my read mark, exact after every step."""

from tests.rules.conftest import Unchanged
from tests.support.people import People, Person


async def unread(person: Person, conversation_id: str) -> tuple[int, int | None, int]:
    """(how many, the first one's seq, the read mark), as the conversation says."""
    conversation = await person.conversation(conversation_id)
    assert conversation
    state = conversation["viewerState"]
    return state["unread"]["count"], state["unread"]["firstUnreadSeq"], state["lastReadSeq"]


async def unread_conversations(person: Person) -> int:
    return (await person.ask("people/viewer"))["viewer"]["unreadConversationCount"]  # type: ignore[no-any-return]


async def test_it_is_exact_after_each_step_of_a_conversation(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    assert await unread(bob, talk) == (0, None, 0)
    first = await ann.send_text(talk, "1")
    await ann.send_text(talk, "2")
    assert await unread(ann, talk) == (0, None, 2)
    assert await unread(bob, talk) == (2, 1, 0)
    assert await unread_conversations(bob) == 1
    await ann.do("messages/unsend-message", messageId=first["id"])
    assert await unread(bob, talk) == (1, 2, 0)
    await ann.send_text(talk, "3")
    await bob.do("conversations/mark-read", conversationId=talk, upToSeq=2)
    assert await unread(bob, talk) == (1, 3, 2)
    await bob.send_text(talk, "sending marks as read")
    assert await unread(bob, talk) == (0, None, 4)
    assert await unread_conversations(bob) == 0
    assert await unread(ann, talk) == (1, 4, 3)
    await ann.do("messages/react", messageId=(await ann.messages(talk))[3]["id"], emoji="👍")
    await bob.do("messages/edit-message", messageId=(await bob.messages(talk))[3]["id"], text="edited")
    assert await unread(ann, talk) == (1, 4, 3)
    assert await unread_conversations(ann) == 1


async def test_the_mark_never_moves_back_and_moving_it_nowhere_changes_nothing(
    people: People, unchanged: Unchanged
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    for number in range(3):
        await ann.send_text(talk, str(number))
    marked = await bob.do("conversations/mark-read", conversationId=talk, upToSeq=2)
    assert marked["conversation"]["viewerState"]["unread"] == {"count": 1, "firstUnreadSeq": 3}
    async with unchanged():
        for seq in (2, 1, 0):
            marked = await bob.do("conversations/mark-read", conversationId=talk, upToSeq=seq)
            assert marked["conversation"]["viewerState"]["lastReadSeq"] == 2
        for seq in (4, -1, 2**31 - 1):
            assert await bob.refused("conversations/mark-read", conversationId=talk, upToSeq=seq) == "INVALID_INPUT"
    await bob.do("conversations/mark-read", conversationId=talk)
    assert await unread(bob, talk) == (0, None, 3)
    async with unchanged():
        await bob.do("conversations/mark-read", conversationId=talk)


async def test_others_see_how_far_somebody_has_read(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    message = await ann.send_text(talk, "1")
    read_by = (await ann.ask("messages/message", id=message["id"]))["node"]["readBy"]["edges"]
    assert read_by == []
    await bob.do("conversations/mark-read", conversationId=talk)
    read_by = (await ann.ask("messages/message", id=message["id"]))["node"]["readBy"]["edges"]
    assert [edge["node"]["handle"] for edge in read_by] == [bob.handle]
    members = (await ann.conversation(talk) or {})["members"]["edges"]
    assert [edge["lastReadSeq"] for edge in members] == [1, 1]


async def test_notices_do_not_count(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    await ann.do("conversations/update-group", conversationId=group, title="Renamed")
    await cat.do("conversations/leave-group", conversationId=group)
    assert (await unread(bob, group))[0] == 0
    assert await unread_conversations(bob) == 0
    await ann.send_text(group, "this counts")
    assert await unread(bob, group) == (1, 4, 0)


async def test_who_comes_late_has_nothing_unread_of_what_was_said_before(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob)
    await ann.send_text(group, "before")
    await ann.do("conversations/add-members", conversationId=group, userIds=[cat.id])
    assert await unread(cat, group) == (0, None, 2)
    await bob.send_text(group, "after")
    assert await unread(cat, group) == (1, 4, 2)


async def test_who_comes_back_has_unread_only_what_was_said_since(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob)
    await ann.send_text(group, "first stay")
    await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
    await ann.send_text(group, "between")
    await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
    assert (await unread(bob, group))[0] == 0
    await ann.send_text(group, "second stay")
    assert (await unread(bob, group))[:2] == (1, 6)


async def test_what_a_block_hides_does_not_count(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    await ann.send_text(group, "hidden from bob")
    await cat.send_text(group, "seen by all")
    await bob.do("people/block-user", userId=ann.id)
    assert await unread(bob, group) == (1, 3, 0)
    await bob.send_text(group, "hidden from ann")
    assert (await unread(ann, group))[0] == 1
    assert (await unread(cat, group))[0] == 1
    await ann.send_text(group, "hidden again")
    assert await unread(bob, group) == (0, None, 4)
    assert await unread_conversations(bob) == 0
    await bob.do("people/unblock-user", userId=ann.id)
    assert await unread(bob, group) == (1, 5, 4)
