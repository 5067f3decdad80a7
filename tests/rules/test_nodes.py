"""Objects by id: each type is found again by whoever may see it, and garbage is nobody's id."""

import pytest

from app.services import Services
from schema.ids import to_id
from tests.rules.cast import Cast
from tests.rules.records import key_of, nobody
from tests.support.graphql_client import GraphQLClient
from tests.support.people import People, operation


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


async def pack_of(cast: Cast) -> str:
    packs = (await cast.ann.ask("media/sticker-packs"))["stickerPacks"]["edges"]
    [pack] = [edge["node"] for edge in packs if cast.sticker in [s["id"] for s in edge["node"]["stickers"]]]
    return pack["id"]  # type: ignore[no-any-return]


async def types_of(client: GraphQLClient, ids: list[str]) -> list[str | None]:
    """The types found by ids, which have to be their own."""
    found = (await client.execute(operation("about/nodes"), {"ids": ids}))["nodes"]
    for global_id, node in zip(ids, found, strict=True):
        assert node is None or node["id"] == global_id
        single = await client.execute("query ($id: ID!) { node(id: $id) { __typename id } }", {"id": global_id})
        assert single["node"] == node
    return [node and node["__typename"] for node in found]


async def test_every_type_is_found_by_its_id_by_those_who_may_see_it(cast: Cast, anyone: GraphQLClient) -> None:
    open_to_all = [cast.cat.id, cast.video, cast.sticker, await pack_of(cast)]
    shared = [cast.talk, cast.group, cast.said["id"], cast.heard["id"]]
    own = [cast.photo, cast.reserved, cast.clip]
    everything = [*open_to_all, *shared, *own]
    names = ["User", "Video", "Sticker", "StickerPack"]
    shared_names = ["Conversation", "Conversation", "Message", "Message"]
    assert await types_of(cast.ann.client, everything) == [*names, *shared_names, "Upload", "Upload", "Upload"]
    assert await types_of(cast.bob.client, everything) == [*names, *shared_names, None, None, None]
    assert await types_of(cast.cat.client, everything) == [*names, *[None] * 7]
    assert await types_of(anyone, everything) == [*names, *[None] * 7]


async def test_garbage_is_nobodys_id(cast: Cast) -> None:
    key = key_of(cast.talk).hex
    of_a_person = key_of(cast.ann.id)
    numbers = ("", "0", "-1", "01", "x", "99", "\u0663", "1.0", "9" * 30, f"{10**17}", "1 ", "_1")
    seqs = ("", "1", ":1", *(f"_{number}" for number in numbers))
    garbage = [
        *("", "x", "%", "=", "é", "\0", "1", "User", "User_", "_", "User:", f"User:{of_a_person.hex}", "a" * 5000),
        *map(nobody, ("User", "Video", "Sticker", "StickerPack", "Conversation", "Message", "Upload", "Session")),
        *(to_id(name, of_a_person) for name in ("Conversation", "Video", "Upload", "Session", "Report", "user")),
        *("User_x", f"User_{key}0", f"User_{key} ", "Query_", "Node_x", f"user_{of_a_person.hex}"),
        *(f"User_{of_a_person}", f"User_{of_a_person.hex.upper()}", "User_" + "-" * 32, "User_\0"),
        *(f"Message_{key}{seq}" for seq in seqs),
        *(f"{known}=" for known in (cast.ann.id, cast.talk, cast.said["id"])),
    ]
    for client in (cast.ann.client, cast.bob.client):
        assert await types_of(client, garbage) == [None] * len(garbage)


async def test_ids_are_answered_in_order_also_twice(cast: Cast) -> None:
    ids = [cast.said["id"], cast.ann.id, nobody(), cast.ann.id, cast.said["id"]]
    assert await types_of(cast.ann.client, ids) == ["Message", "User", None, "User", "Message"]
    assert await types_of(cast.ann.client, []) == []


async def test_at_most_a_hundred_ids_at_once(cast: Cast) -> None:
    assert await types_of(cast.ann.client, [cast.ann.id] * 100) == ["User"] * 100
    reply = await cast.ann.client.raw(operation("about/nodes"), {"ids": [cast.ann.id] * 101})
    assert reply.codes == ["INVALID_INPUT"]


@pytest.mark.parametrize("handle", ["", "@", "\0", "x" * 10_000, "nobody.at.all", "\uff41nn", "ann\n"])
async def test_a_handle_that_nobody_has_is_null(anyone: GraphQLClient, handle: str) -> None:
    assert await anyone.execute(operation("people/user"), {"handle": handle}) == {"user": None}
