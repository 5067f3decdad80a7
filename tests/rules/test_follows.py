"""Follow edges: seen from both sides, once each, and friends are those who follow each other."""

from datetime import datetime

from tests.rules.conftest import Unchanged
from tests.rules.paging import PAGE, assert_pages_well
from tests.rules.records import nobody
from tests.support.graphql_client import Json
from tests.support.people import People, Person


async def relation(viewer: Person, other: Person) -> tuple[bool, bool, bool]:
    """(the viewer follows them, they follow the viewer, friends)."""
    user = (await viewer.ask("people/user", handle=other.handle))["user"]
    return user["viewerIsFollowing"], user["isFollowingViewer"], user["isFriend"]


async def listed(viewer: Person, name: str, of: Person) -> list[str]:
    """The handles in somebody's followers, following or friends."""
    connection = (await viewer.ask(f"people/{name}", handle=of.handle))["user"][name]
    return [edge["node"]["handle"] for edge in connection["edges"]]


async def test_an_edge_is_seen_from_both_sides(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    followed = await ann.do("people/follow-user", userId=bob.id)
    assert (followed["user"]["viewerIsFollowing"], followed["user"]["isFriend"]) == (True, False)
    assert await relation(ann, bob) == (True, False, False)
    assert await relation(bob, ann) == (False, True, False)
    await bob.follow(ann)
    assert await relation(ann, bob) == await relation(bob, ann) == (True, True, True)
    await ann.do("people/unfollow-user", userId=bob.id)
    assert await relation(ann, bob) == (False, True, False)
    assert await relation(bob, ann) == (True, False, False)
    assert await relation(ann, ann) == (False, False, False)


async def test_following_or_unfollowing_again_changes_nothing(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    async with unchanged():
        await ann.do("people/unfollow-user", userId=bob.id)
    await ann.follow(bob)
    async with unchanged():
        await ann.follow(bob)


async def test_oneself_and_nobody_can_not_be_followed(people: People, unchanged: Unchanged) -> None:
    ann = await people.join("ann")
    async with unchanged():
        for name in ("people/follow-user", "people/unfollow-user"):
            assert await ann.refused(name, userId=ann.id) == "SELF"
            assert await ann.refused(name, userId=nobody()) == "NOT_FOUND"
            assert await ann.refused(name, userId=nobody("Video")) == "INVALID_INPUT"


async def test_the_lists_are_the_latest_first_page_by_page(people: People) -> None:
    star, *fans = [await people.join(name) for name in ("star", "ann", "bob", "cat", "dan")]
    ann, bob, cat, dan = fans
    for fan in fans:
        await fan.follow(star)
    for fan in (cat, ann, dan):
        await star.follow(fan)
    await bob.follow(cat)
    expected = {"followers": [dan, cat, bob, ann], "following": [dan, ann, cat], "friends": [dan, ann, cat]}
    for name, order in expected.items():
        assert await listed(bob, name, star) == [person.handle for person in order]
        since = "friendsSince" if name == "friends" else "followedAt"
        query = f"""query ($handle: String!, $first: Int!, $after: String) {{ user(handle: $handle) {{
          {name}(first: $first, after: $after) {{ edges {{ cursor {since} node {{ handle }} }} {PAGE} }} }} }}"""

        async def fetch(first: int, after: str | None, name: str = name, query: str = query) -> Json:
            variables = {"handle": star.handle, "first": first, "after": after}
            return (await bob.client.execute(query, variables))["user"][name]  # type: ignore[no-any-return]

        times = [datetime.fromisoformat(edge[since]) for edge in await assert_pages_well(fetch)]
        assert times == sorted(times, reverse=True)


async def test_a_page_is_not_shifted_by_who_comes_and_goes(people: People) -> None:
    star, *fans = [await people.join(name) for name in ("star", "ann", "bob", "cat", "dan")]
    for fan in fans[:3]:
        await fan.follow(star)
    page = (await star.ask("people/followers", handle=star.handle, first=2))["user"]["followers"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [fans[2].id, fans[1].id]
    await fans[3].follow(star)
    await fans[1].do("people/unfollow-user", userId=star.id)
    after = page["pageInfo"]["endCursor"]
    rest = (await star.ask("people/followers", handle=star.handle, first=2, after=after))["user"]["followers"]
    assert [edge["node"]["id"] for edge in rest["edges"]] == [fans[0].id]
    assert rest["pageInfo"]["hasNextPage"] is False
