"""What a mutation answers is true when it answers, also in the middle of an operation or beside another."""

import asyncio

from app.ids import new_id
from schema.ids import to_id
from tests.support.people import People, operation
from tests.support.samples import a_photo


async def test_each_mutation_of_an_operation_sees_what_the_one_before_did(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    message = await ann.send_text(await ann.talk_to(bob), "hello")
    data = await bob.client.execute(
        """mutation ($id: ID!) {
            a: react(input: {messageId: $id, emoji: "👍"}) { ... on ReactSuccess { message { reactions { emoji } } } }
            b: react(input: {messageId: $id, emoji: "🎉"}) { ... on ReactSuccess { message { reactions { emoji } } } }
            c: unreact(input: {messageId: $id}) { ... on UnreactSuccess { message { reactions { emoji } } } }
        }""",
        {"id": message["id"]},
    )
    shown = [[group["emoji"] for group in data[name]["message"]["reactions"]] for name in "abc"]
    assert shown == [["👍"], ["🎉"], []]


async def test_a_notice_does_not_mark_anything_as_read(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]["id"]
    await bob.send_text(group, "one")
    await bob.send_text(group, "two")
    await ann.do("conversations/update-group", conversationId=group, title="Renamed")
    assert await ann.unread(group) == 2


async def test_completing_an_upload_twice_at_once_answers_both_alike(people: People) -> None:
    ann = await people.join("ann")
    data = a_photo("purple")
    reserved = await ann.reserve(data, "image/jpeg")
    await ann.post_form(reserved["form"], data)
    upload_id = reserved["upload"]["id"]
    answers = await asyncio.gather(*(ann.do("media/complete-upload", uploadId=upload_id) for _ in range(4)))
    assert {answer["upload"]["state"] for answer in answers} == {"READY"}


async def test_any_bytes_may_stand_in_the_user_agent(people: People) -> None:
    ann = await people.join("ann")
    fields = {"handle": ann.handle, "password": "correct horse battery"}
    body = {"query": operation("identity/sign-in"), "variables": {"input": fields}}
    headers = {"User-Agent": "Caf\udce9 \udcff"}
    async with people.anyone.session.post(people.anyone.url, json=body, headers=headers) as response:
        answer = await response.json(content_type=None)
    assert answer["data"]["signIn"]["__typename"] == "SignInSuccess"


async def test_more_people_than_a_group_holds_are_refused_before_the_group_is_looked_at(people: People) -> None:
    ann = await people.join("ann")
    nobody = [to_id("User", new_id()) for _ in range(40)]
    nowhere = to_id("Conversation", new_id())
    assert await ann.refused("conversations/add-members", conversationId=nowhere, userIds=nobody) == "GROUP_FULL"
