"""Direct conversations: one for each pair whoever opens it, shown in lists once something was said."""

import asyncio

from tests.rules.conftest import Unchanged
from tests.rules.paging import PAGE, assert_pages_well
from tests.rules.records import nobody
from tests.support.graphql_client import Json
from tests.support.people import People, Person


async def listed(person: Person) -> list[str]:
    """The ids of somebody's conversations, in order."""
    viewer = (await person.ask("conversations/conversations"))["viewer"]
    return [edge["node"]["id"] for edge in viewer["conversations"]["edges"]]


async def test_a_pair_has_one_whoever_opens_it(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    assert await bob.talk_to(ann) == talk
    sent = await bob.do(
        "messages/send-to-person", recipientId=ann.id, clientKey="1", content={"text": {"text": "hello"}}
    )
    assert [message["id"] for message in await ann.messages(talk)] == [sent["message"]["id"]]
    conversation = await ann.conversation(talk)
    assert conversation
    assert (conversation["kind"], conversation["title"]) == ("DIRECT", None)
    assert [edge["node"]["id"] for edge in conversation["members"]["edges"]] == [ann.id, bob.id]


async def test_a_pair_that_opens_it_at_the_same_moment_has_one(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    opened = await asyncio.gather(*(one.talk_to(other) for _ in range(5) for one, other in ((ann, bob), (bob, ann))))
    assert len(set(opened)) == 1


async def test_first_messages_at_the_same_moment_meet_in_one(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    hello = {"text": {"text": "hello"}}
    await asyncio.gather(
        *(
            one.do("messages/send-to-person", recipientId=other.id, clientKey=str(n), content=hello)
            for n in range(5)
            for one, other in ((ann, bob), (bob, ann))
        )
    )
    [talk] = await listed(ann)
    assert await listed(bob) == [talk]
    assert [message["seq"] for message in await ann.messages(talk)] == list(range(1, 11))


async def test_an_empty_one_shows_in_no_list_until_something_is_said(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    assert await listed(ann) == await listed(bob) == []
    assert (await ann.conversation(talk) or {})["lastMessage"] is None
    await ann.send_text(talk, "hello")
    assert await listed(ann) == await listed(bob) == [talk]


async def test_opening_one_with_oneself_or_nobody_is_refused(people: People, unchanged: Unchanged) -> None:
    ann = await people.join("ann")
    async with unchanged():
        assert await ann.refused("conversations/start-conversation", userId=ann.id) == "SELF"
        assert await ann.refused("conversations/start-conversation", userId=nobody()) == "NOT_FOUND"
        assert await ann.refused("conversations/start-conversation", userId="garbage") == "INVALID_INPUT"
        hello = {"clientKey": "1", "content": {"text": {"text": "hello"}}}
        assert await ann.refused("messages/send-to-person", recipientId=ann.id, **hello) == "SELF"
        assert await ann.refused("messages/send-to-person", recipientId=nobody(), **hello) == "NOT_FOUND"


async def test_nobody_else_finds_it(people: People, unchanged: Unchanged) -> None:
    ann, bob, eve = [await people.join(name) for name in ("ann", "bob", "eve")]
    talk = await ann.talk_to(bob)
    message = await ann.send_text(talk, "secret")
    async with unchanged():
        assert await eve.conversation(talk) is None
        assert (await eve.ask("messages/message", id=message["id"]))["node"] is None
        assert await eve.refused("conversations/mark-read", conversationId=talk) == "NOT_FOUND"
        assert (await eve.send(talk, {"text": {"text": "hi"}}))["code"] == "NOT_FOUND"
    assert await listed(eve) == []


async def test_the_list_is_the_latest_active_first_page_by_page(people: People) -> None:
    ann, *others = await people.friends("ann", "bob", "cat", "dan")
    talks = [await ann.talk_to(other) for other in others]
    group = await ann.make_group(*others)
    for talk in talks:
        await ann.send_text(talk, "hello")
    await others[0].send_text(talks[0], "hello too")
    expected = [talks[0], talks[2], talks[1], group]
    assert await listed(ann) == expected
    query = f"""query ($first: Int!, $after: String) {{ viewer {{ conversations(first: $first, after: $after) {{
      edges {{ cursor node {{ id lastActivityAt }} }} {PAGE} }} }} }}"""

    async def fetch(first: int, after: str | None) -> Json:
        answer = await ann.client.execute(query, {"first": first, "after": after})
        return answer["viewer"]["conversations"]  # type: ignore[no-any-return]

    assert [edge["node"]["id"] for edge in await assert_pages_well(fetch)] == expected


async def test_edits_reactions_and_unsending_do_not_move_it_up(people: People) -> None:
    ann, bob, cat = [await people.join(name) for name in ("ann", "bob", "cat")]
    old, new = await ann.talk_to(bob), await ann.talk_to(cat)
    message = await ann.send_text(old, "old")
    await ann.send_text(new, "new")
    await bob.do("messages/react", messageId=message["id"], emoji="👍")
    await ann.do("messages/edit-message", messageId=message["id"], text="older")
    await bob.do("conversations/mark-read", conversationId=old)
    await ann.do("messages/unsend-message", messageId=message["id"])
    assert await listed(ann) == [new, old]


async def test_the_list_shows_the_last_message_and_the_members(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    await ann.send_text(talk, "first")
    await bob.send_text(talk, "last")
    viewer = (await ann.ask("conversations/conversations"))["viewer"]
    [node] = [edge["node"] for edge in viewer["conversations"]["edges"]]
    assert (node["lastMessage"]["seq"], node["lastMessage"]["fallbackText"]) == (2, "last")
    assert node["lastMessage"]["sender"]["handle"] == bob.handle
    assert {edge["node"]["id"] for edge in node["members"]["edges"]} == {ann.id, bob.id}
