"""Who came later, or was away, hears nothing about what was said without them."""

from tests.live.test_inbox import events
from tests.support.people import People


async def test_edits_and_reactions_of_what_was_said_before_do_not_reach_a_late_joiner(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]["id"]
    before = await ann.send_text(group, "before cat")
    await ann.do("conversations/add-members", conversationId=group, userIds=[cat.id])
    async with cat.inbox() as cats, bob.inbox() as bobs:
        await ann.do("messages/edit-message", messageId=before["id"], text="edited before cat")
        await bob.do("messages/react", messageId=before["id"], emoji="👍")
        await ann.do("messages/unsend-message", messageId=before["id"])
        await ann.send_text(group, "marker")
        told = [event["__typename"] for event in await events(bobs, 4)]
        [only] = await events(cats, 1)
    assert told == ["MessageEdited", "ReactionsChanged", "MessageUnsent", "MessageAdded"]
    assert only["message"]["fallbackText"] == "marker"


async def test_who_was_removed_and_came_back_can_subscribe_at_once(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]["id"]
    await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
    await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
    async with bob.socket() as socket:
        live = await socket.subscribe(
            "subscription($id: ID!) { messageAdded(conversationId: $id, afterSeq: 3) { seq } }", {"id": group}
        )
        await ann.send_text(group, "welcome back")
        assert (await live.next())["messageAdded"]["seq"] == 4
