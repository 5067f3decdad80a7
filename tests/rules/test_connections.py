"""All connections: a length that is out of range or a cursor that is none gives an error that says so."""

from base64 import urlsafe_b64encode

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType

from app.services import Services
from schema.schema import schema
from tests.rules.cast import Cast
from tests.rules.paging import PAGE, assert_pages_well
from tests.support.graphql_client import GraphQLClient, Json, Reply
from tests.support.people import People

# Where each connection hangs: `@` stands for its further arguments and selection.
PLACES = {
    "Query.searchUsers": 'searchUsers(text: "a", @',
    "Query.stickerPacks": "stickerPacks(@",
    "User.followers": "node(id: $id) { ... on User { followers(@ } }",
    "User.following": "node(id: $id) { ... on User { following(@ } }",
    "User.friends": "node(id: $id) { ... on User { friends(@ } }",
    "User.videos": "node(id: $id) { ... on User { videos(@ } }",
    "Viewer.conversations": "viewer { conversations(@ }",
    "Viewer.blockedUsers": "viewer { blockedUsers(@ }",
    "Conversation.members": "node(id: $id) { ... on Conversation { members(@ } }",
    "Conversation.messages": "node(id: $id) { ... on Conversation { messages(@ } }",
    "Message.readBy": "node(id: $id) { ... on Message { readBy(@ } }",
}


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


async def page(cast: Cast, place: str, arguments: str, after: str | None = None) -> Reply:
    ids = {"User": cast.ann.id, "Conversation": cast.group, "Message": cast.said["id"]}
    field = PLACES[place].replace("@", f"{arguments}, after: $after) {{ edges {{ cursor }} {PAGE} }}")
    needs_id = "$id: ID!, " if "$id" in field else ""
    variables = {"after": after, **({"id": ids[place.partition(".")[0]]} if needs_id else {})}
    return await cast.ann.client.raw(f"query ({needs_id}$after: String) {{ {field} }}", variables)


def test_every_connection_of_the_schema_is_in_the_table() -> None:
    places = {
        f"{definition.name}.{name}"
        for definition in schema._schema.type_map.values()
        if isinstance(definition, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in definition.fields.items()
        if "first" in field.args
    }
    assert places == set(PLACES)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_length_out_of_range_is_refused(cast: Cast, place: str, first: int) -> None:
    reply = await page(cast, place, f"first: {first}")
    assert reply.codes == ["INVALID_INPUT"], reply.body


async def test_an_absurd_length_is_refused_before_anything_is_read(cast: Cast) -> None:
    for place in PLACES:
        assert (await page(cast, place, f"first: {2**31 - 1}")).codes == ["LIMIT_EXCEEDED"]


def cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


GARBAGE = [
    *("%%%", "x", "\0", "é", "a" * 4001, cursor("\0"), cursor("é"), cursor("-1"), cursor("1.0"), cursor("9" * 19)),
    *(cursor(text) for text in ("x.y", "f" * 40 + "." + "0" * 32, "-" + "f" * 14 + "." + "0" * 32, "1." + "0" * 31)),
    *(cursor("9" * 18), cursor("9" * 12), cursor("-1." + "0" * 32), "////", "gICA"),
]


@pytest.mark.parametrize("place", PLACES)
async def test_a_cursor_that_is_none_is_refused_or_a_place_at_the_end(cast: Cast, place: str) -> None:
    for after in GARBAGE:
        reply = await page(cast, place, "first: 5", after)
        assert reply.codes in ([], ["INVALID_INPUT"]), (after, reply.body)


async def cursors_of(cast: Cast, place: str) -> list[str]:
    data = (await page(cast, place, "first: 5")).body["data"]
    while "edges" not in data:
        [data] = data.values()
    return [edge["cursor"] for edge in data["edges"]]


@pytest.mark.parametrize("place", PLACES)
async def test_a_cursor_is_taken_only_as_it_was_given(cast: Cast, place: str) -> None:
    for given in await cursors_of(cast, place):
        assert (await page(cast, place, "first: 5", given)).codes == []
        for other in (f"\N{GRINNING FACE}{given}", f"!{given}", f"{given}=", f"{given}\n"):
            assert (await page(cast, place, "first: 5", other)).codes == ["INVALID_INPUT"], other


@pytest.mark.parametrize("place", PLACES)
async def test_a_cursor_of_another_list_is_refused_or_a_place_at_the_end(cast: Cast, place: str) -> None:
    cursors = [cursor for other in PLACES for cursor in await cursors_of(cast, other)]
    assert len(cursors) > 8
    for after in cursors:
        reply = await page(cast, place, "first: 5", after)
        assert reply.codes in ([], ["INVALID_INPUT"]), (after, reply.body)


@pytest.mark.parametrize("arguments", ["last: 0", "last: -1", "last: 101", "first: 1, last: 1", 'last: 1, before: "é"'])
async def test_history_refuses_what_it_can_not_answer(cast: Cast, arguments: str) -> None:
    reply = await page(cast, "Conversation.messages", arguments)
    assert reply.codes == ["INVALID_INPUT"], reply.body


async def test_members_and_readers_come_page_by_page(people: People) -> None:
    ann, bob, cat, dan = await people.friends("ann", "bob", "cat", "dan")
    group = await ann.make_group(bob, cat)
    await ann.do("conversations/add-members", conversationId=group, userIds=[dan.id])
    message = await ann.send_text(group, "read me")
    for reader in (dan, bob):
        await reader.do("conversations/mark-read", conversationId=group)
    members = await assert_pages_well(_connection(ann.client, group, "Conversation", "members"))
    assert [edge["node"]["id"] for edge in members] == [ann.id, bob.id, cat.id, dan.id]
    readers = await assert_pages_well(_connection(cat.client, message["id"], "Message", "readBy"))
    assert [edge["node"]["id"] for edge in readers] == [bob.id, dan.id]


def _connection(client: GraphQLClient, global_id: str, on: str, name: str):  # type: ignore[no-untyped-def]
    query = f"""query ($id: ID!, $first: Int!, $after: String) {{ node(id: $id) {{ ... on {on} {{
      {name}(first: $first, after: $after) {{ edges {{ cursor role node {{ id }} }} {PAGE} }} }} }} }}"""

    async def fetch(first: int, after: str | None) -> Json:
        answer = await client.execute(query, {"id": global_id, "first": first, "after": after})
        return answer["node"][name]  # type: ignore[no-any-return]

    return fetch
