"""Roles: owners may do everything, admins add, remove members and rename, members write; there is always an owner."""

from typing import Any

import pytest

from tests.rules.conftest import Unchanged
from tests.rules.records import nobody
from tests.rules.test_groups import roles
from tests.support.people import People, Person


@pytest.fixture(scope="module")
async def friends(crowd: People) -> dict[str, Person]:
    names = ("ann", "bob", "cat", "dan", "eve")
    return dict(zip(names, await crowd.friends(*names), strict=True))


@pytest.fixture
async def group(friends: dict[str, Person]) -> str:
    """`ann` owns it, `bob` is admin, `cat` and `dan` are members; `eve` is not in it."""
    ann, bob, cat, dan, _ = friends.values()
    group = await ann.make_group(bob, cat, dan)
    await ann.do("conversations/set-member-role", conversationId=group, userId=bob.id, role="ADMIN")
    return group


ROLE = "conversations/set-member-role"
REMOVE = "conversations/remove-member"

# Who may do what: (operation, fields naming people, the code for owner, admin, member and outsider; None allows).
MAY: list[tuple[str, dict[str, Any], tuple[str | None, ...]]] = [
    ("conversations/update-group", {"title": "New"}, (None, None, "ROLE_REQUIRED", "NOT_FOUND")),
    ("conversations/add-members", {"userIds": ["eve", "dan"]}, (None, None, "ROLE_REQUIRED", "NOT_FOUND")),
    (REMOVE, {"userId": "dan"}, (None, None, "ROLE_REQUIRED", "NOT_FOUND")),
    (REMOVE, {"userId": "ann"}, ("SELF", "ROLE_REQUIRED", "ROLE_REQUIRED", "NOT_FOUND")),
    (REMOVE, {"userId": "bob"}, (None, "SELF", "ROLE_REQUIRED", "NOT_FOUND")),
    (REMOVE, {"userId": "eve"}, ("NOT_FOUND", "NOT_FOUND", "ROLE_REQUIRED", "NOT_FOUND")),
    (ROLE, {"userId": "dan", "role": "ADMIN"}, (None, "ROLE_REQUIRED", "ROLE_REQUIRED", "NOT_FOUND")),
    (ROLE, {"userId": "dan", "role": "OWNER"}, (None, "ROLE_REQUIRED", "ROLE_REQUIRED", "NOT_FOUND")),
    (ROLE, {"userId": "bob", "role": "MEMBER"}, (None, "ROLE_REQUIRED", "ROLE_REQUIRED", "NOT_FOUND")),
    (ROLE, {"userId": "ann", "role": "MEMBER"}, ("ROLE_REQUIRED",) * 3 + ("NOT_FOUND",)),
    (ROLE, {"userId": "eve", "role": "ADMIN"}, ("NOT_FOUND", "ROLE_REQUIRED", "ROLE_REQUIRED", "NOT_FOUND")),
    ("conversations/leave-group", {}, (None, None, None, "NOT_FOUND")),
]


@pytest.mark.parametrize("number", range(len(MAY)), ids=lambda n: f"{MAY[n][0]} {MAY[n][1]}")
@pytest.mark.parametrize(("who", "column"), [("ann", 0), ("bob", 1), ("cat", 2), ("eve", 3)])
async def test_each_role_may_do_its_part_and_no_more(
    friends: dict[str, Person], group: str, unchanged: Unchanged, who: str, column: int, number: int
) -> None:
    name, fields, codes = MAY[number]
    ids = {key: _ids(friends, value) for key, value in fields.items()}
    if codes[column] is None:
        await friends[who].do(name, conversationId=group, **ids)
        return
    async with unchanged():
        assert await friends[who].refused(name, conversationId=group, **ids) == codes[column]


def _ids(friends: dict[str, Person], value: str | list[str]) -> str | list[str]:
    if isinstance(value, list):
        return [friends[name].id for name in value]
    return friends[value].id if value in friends else value


async def test_a_direct_conversation_is_no_group(friends: dict[str, Person], unchanged: Unchanged) -> None:
    ann, bob, *_ = friends.values()
    talk = await ann.talk_to(bob)
    async with unchanged():
        for name, fields, _ in MAY:
            ids = {key: _ids(friends, value) for key, value in fields.items()}
            assert await ann.refused(name, conversationId=talk, **ids) == "WRONG_CONVERSATION_KIND"


async def test_somebody_who_is_not_there_can_not_be_removed_or_named(
    friends: dict[str, Person], group: str, unchanged: Unchanged
) -> None:
    ann = friends["ann"]
    async with unchanged():
        assert await ann.refused(REMOVE, conversationId=group, userId=nobody()) == "NOT_FOUND"
        assert await ann.refused(ROLE, conversationId=group, userId=nobody(), role="ADMIN") == "NOT_FOUND"
        assert await ann.refused(REMOVE, conversationId=nobody("Conversation"), userId=ann.id) == "NOT_FOUND"


async def test_where_the_only_owner_goes_an_admin_is_the_heir(friends: dict[str, Person], group: str) -> None:
    ann, bob, cat, dan, _ = friends.values()
    await ann.do("conversations/leave-group", conversationId=group)
    assert await roles(cat, group) == {bob.id: "OWNER", cat.id: "MEMBER", dan.id: "MEMBER"}


async def test_the_heir_hears_of_it(friends: dict[str, Person], group: str) -> None:
    ann, bob, *_ = friends.values()
    async with bob.inbox() as inbox:
        await ann.do("conversations/leave-group", conversationId=group)
        heard = [(await inbox.next())["inbox"]["__typename"] for _ in range(3)]
    assert heard == ["ConversationChanged", "MemberLeft", "MessageAdded"]


async def test_without_an_admin_who_joined_first_is_the_heir(friends: dict[str, Person]) -> None:
    ann, bob, cat, _, eve = friends.values()
    group = await ann.make_group(eve)
    for later in (cat, bob):
        await ann.do("conversations/add-members", conversationId=group, userIds=[later.id])
    await ann.do("conversations/leave-group", conversationId=group)
    assert await roles(bob, group) == {eve.id: "OWNER", cat.id: "MEMBER", bob.id: "MEMBER"}


async def test_where_there_is_another_owner_nobody_is_promoted(friends: dict[str, Person], group: str) -> None:
    ann, bob, cat, dan, _ = friends.values()
    await ann.do(ROLE, conversationId=group, userId=dan.id, role="OWNER")
    await ann.do("conversations/leave-group", conversationId=group)
    assert await roles(cat, group) == {bob.id: "ADMIN", cat.id: "MEMBER", dan.id: "OWNER"}


async def test_an_owner_may_step_down_where_there_is_another(friends: dict[str, Person], group: str) -> None:
    ann, bob, *_ = friends.values()
    await ann.do(ROLE, conversationId=group, userId=bob.id, role="OWNER")
    await ann.do(ROLE, conversationId=group, userId=ann.id, role="MEMBER")
    assert (await roles(ann, group))[ann.id] == "MEMBER"
    assert await ann.refused(ROLE, conversationId=group, userId=bob.id, role="ADMIN") == "ROLE_REQUIRED"


async def test_a_role_ends_with_the_stay(friends: dict[str, Person], group: str) -> None:
    ann, bob, *_ = friends.values()
    await ann.do(REMOVE, conversationId=group, userId=bob.id)
    await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
    assert (await roles(bob, group))[bob.id] == "MEMBER"


async def test_the_last_one_may_leave(friends: dict[str, Person]) -> None:
    ann, bob, *_ = friends.values()
    group = await ann.make_group(bob)
    await bob.do("conversations/leave-group", conversationId=group)
    await ann.do("conversations/leave-group", conversationId=group)
    assert await ann.conversation(group) is None
    assert await ann.refused("conversations/leave-group", conversationId=group) == "NOT_FOUND"
