"""Groups: made of friends, told of by notices, and what was said is seen by who was there."""

import asyncio

from tests.rules.conftest import ServerWith, Unchanged
from tests.rules.records import nobody
from tests.support.graphql_client import Json
from tests.support.people import People, Person
from tests.support.samples import a_photo


def told(message: Json) -> tuple[str, str | None, list[str]]:
    """What a notice says: (notice, title, handles)."""
    content = message["content"]
    assert content["__typename"] == "NoticeContent", content
    return content["notice"], content["title"], [person["handle"] for person in content["people"]]


async def roles(person: Person, group: str) -> dict[str, str]:
    """The role of each member, in the order in which they joined."""
    conversation = await person.conversation(group)
    assert conversation
    return {edge["node"]["id"]: edge["role"] for edge in conversation["members"]["edges"]}


async def said(person: Person, group: str) -> dict[int, str]:
    """What somebody sees of a group, by seq, without notices."""
    return {
        message["seq"]: message["fallbackText"]
        for message in await person.messages(group)
        if message["content"]["__typename"] != "NoticeContent"
    }


async def test_everything_that_happens_is_told_as_a_message(people: People) -> None:
    ann, bob, cat, dan = await people.friends("ann", "bob", "cat", "dan")
    group = await ann.make_group(bob, cat, title="  Hike ")
    await ann.do("conversations/add-members", conversationId=group, userIds=[dan.id])
    await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
    await cat.do("conversations/leave-group", conversationId=group)
    await ann.do("conversations/update-group", conversationId=group, title="Sunday hike")
    history = await ann.messages(group)
    assert [told(message) for message in history] == [
        ("CREATED", "Hike", [bob.handle, cat.handle]),
        ("JOINED", None, [dan.handle]),
        ("REMOVED", None, [bob.handle]),
        ("LEFT", None, [cat.handle]),
        ("RENAMED", "Sunday hike", []),
    ]
    assert [message["content"]["actor"]["handle"] for message in history] == [
        *[ann.handle] * 3, cat.handle, ann.handle,
    ]  # fmt: skip
    assert [message["seq"] for message in history] == [1, 2, 3, 4, 5]
    conversation = await ann.conversation(group)
    assert conversation
    assert (conversation["kind"], conversation["title"]) == ("GROUP", "Sunday hike")
    assert await roles(dan, group) == {ann.id: "OWNER", dan.id: "MEMBER"}


async def test_doing_what_is_done_changes_nothing(people: People, unchanged: Unchanged) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob, title="Hike")
    async with unchanged():
        await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id, bob.id])
        await ann.do("conversations/update-group", conversationId=group, title=" Hike ")
        await ann.do("conversations/update-group", conversationId=group)
        await ann.do("conversations/set-member-role", conversationId=group, userId=bob.id, role="MEMBER")


async def test_naming_oneself_or_somebody_twice_is_harmless(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    made = await ann.do("conversations/create-group", title="Two", memberIds=[bob.id, ann.id, bob.id])
    assert await roles(ann, made["conversation"]["id"]) == {ann.id: "OWNER", bob.id: "MEMBER"}


async def test_only_friends_can_be_added(people: People, unchanged: Unchanged) -> None:
    ann, bob = await people.friends("ann", "bob")
    fan, idol, stranger = [await people.join(name) for name in ("fan", "idol", "stranger")]
    await fan.follow(ann)
    await ann.follow(idol)
    group = await ann.make_group(bob)
    async with unchanged():
        for other, code in (
            (fan.id, "NOT_A_FRIEND"),
            (idol.id, "NOT_A_FRIEND"),
            (stranger.id, "NOT_A_FRIEND"),
            (nobody(), "NOT_FOUND"),
            ("x", "INVALID_INPUT"),
        ):
            ids = [bob.id, other]
            assert await ann.refused("conversations/create-group", title="Three", memberIds=ids) == code
            assert await ann.refused("conversations/add-members", conversationId=group, userIds=ids) == code


async def test_a_group_needs_others_and_a_title(people: People, unchanged: Unchanged) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob)
    async with unchanged():
        for title in ("", "  ", "x" * 101, "nul\0"):
            made = await ann.answer("conversations/create-group", title=title, memberIds=[bob.id])
            renamed = await ann.answer("conversations/update-group", conversationId=group, title=title)
            assert [made["problems"][0]["path"], renamed["problems"][0]["path"]] == ["title", "title"]
        for ids in ([], [ann.id]):
            made = await ann.answer("conversations/create-group", title="Alone", memberIds=ids)
            added = await ann.answer("conversations/add-members", conversationId=group, userIds=ids)
            assert [made["problems"][0]["path"], added["problems"][0]["path"]] == ["memberIds", "userIds"]


async def test_a_group_has_at_most_so_many_members(
    people: People, server_with: ServerWith, unchanged: Unchanged
) -> None:
    small = await server_with(group_max_members=3)
    ann, bob, cat, dan = [person.at(small) for person in await people.friends("ann", "bob", "cat", "dan")]
    assert (await ann.ask("about/policy"))["policy"]["groupMaxMembers"] == 3
    group = await ann.make_group(bob)
    async with unchanged():
        assert await ann.refused("conversations/create-group", title="Four",
                                 memberIds=[bob.id, cat.id, dan.id]) == "GROUP_FULL"  # fmt: skip
        for ids in ([cat.id, dan.id], [bob.id, cat.id, dan.id]):
            assert await ann.refused("conversations/add-members", conversationId=group, userIds=ids) == "GROUP_FULL"
    await ann.do("conversations/set-member-role", conversationId=group, userId=bob.id, role="ADMIN")
    answers = await asyncio.gather(
        *(who.answer("conversations/add-members", conversationId=group, userIds=[new.id])
          for who, new in ((ann, cat), (bob, dan)))
    )  # fmt: skip
    assert sorted(answer.get("code", "") for answer in answers) == ["", "GROUP_FULL"]
    assert len(await roles(ann, group)) == 3


async def test_a_removed_or_left_place_is_free_again(people: People, server_with: ServerWith) -> None:
    small = await server_with(group_max_members=2)
    ann, bob, cat = [person.at(small) for person in await people.friends("ann", "bob", "cat")]
    group = await ann.make_group(bob)
    await bob.do("conversations/leave-group", conversationId=group)
    await ann.do("conversations/add-members", conversationId=group, userIds=[cat.id])
    assert await roles(ann, group) == {ann.id: "OWNER", cat.id: "MEMBER"}


async def test_who_comes_late_sees_nothing_of_what_was_said_before(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob)
    before = await ann.send_text(group, "before")
    await ann.do("conversations/add-members", conversationId=group, userIds=[cat.id])
    reply = (await ann.send(group, {"text": {"text": "a reply"}}, replyToId=before["id"]))["message"]
    assert await said(cat, group) == {4: "a reply"}
    assert (await cat.ask("messages/message", id=before["id"]))["node"] is None
    seen = (await cat.ask("messages/message", id=reply["id"]))["node"]
    assert seen["replyTo"] is None
    assert (await bob.ask("messages/message", id=reply["id"]))["node"]["replyTo"]["fallbackText"] == "before"


async def test_who_returns_sees_both_stays_and_not_what_was_between(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob)
    await ann.send_text(group, "one")
    for number in range(2):
        await bob.do("conversations/leave-group", conversationId=group)
        between = await ann.send_text(group, f"between {number}")
        await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
        await ann.send_text(group, f"stay {number}")
        assert (await bob.ask("messages/message", id=between["id"]))["node"] is None
    assert await said(bob, group) == {2: "one", 6: "stay 0", 10: "stay 1"}
    assert [message["seq"] for message in await bob.messages(group)] == [1, 2, 5, 6, 9, 10]
    assert len(await ann.messages(group)) == 10
    page = await bob.history(group, last=2, before=(await bob.history(group, last=3))["pageInfo"]["startCursor"])
    assert [edge["node"]["seq"] for edge in page["edges"]] == [2, 5]
    page = await bob.history(group, first=2, after=page["edges"][0]["cursor"])
    assert [edge["node"]["seq"] for edge in page["edges"]] == [5, 6]
    page = await bob.history(group, first=3)
    assert [edge["node"]["seq"] for edge in page["edges"]] == [1, 2, 5]


async def test_the_picture_is_a_photo_of_who_changes_it(people: People, unchanged: Unchanged) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob)
    photo, others = [(await who.upload(a_photo("orange"), "image/jpeg"))["id"] for who in (ann, bob)]
    await ann.do("conversations/update-group", conversationId=group, avatarUploadId=photo)
    assert (await bob.conversation(group) or {})["avatar"]["url"]["href"]
    reserved = (await ann.reserve(a_photo(), "image/jpeg"))["upload"]["id"]
    async with unchanged():
        update = {"conversationId": group, "title": "New"}
        assert await ann.refused("conversations/update-group", avatarUploadId=others, **update) == "NOT_FOUND"
        assert await ann.refused("conversations/update-group", avatarUploadId=reserved, **update) == "UPLOAD_NOT_READY"
