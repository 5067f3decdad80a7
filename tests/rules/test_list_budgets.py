"""Lists of people within lists of people: one statement a level, and nothing of who is behind a block."""

from datetime import UTC, datetime, timedelta

from app.config import Settings
from app.services import Services
from app.store import follows, media
from tests.live.test_budgets import Spent, spent
from tests.rules.cast import publish
from tests.rules.records import key_of
from tests.support.graphql_client import Json
from tests.support.people import PASSWORD, People, Person, operation
from tests.support.samples import a_photo

__all__ = ["spent"]

LISTS = """
  followers(first: 2) { edges { node { handle } } }
  following(first: 2) { edges { node { handle } } }
  friends(first: 2) { edges { node { handle } } }
  videos(first: 2) { edges { node { title } } }
"""
SEARCH = f"query ($text: String!) {{ searchUsers(text: $text, first: 10) {{ edges {{ node {{ handle {LISTS} }} }} }} }}"
BLOCKED = (
    f"{{ viewer {{ blockedUsers {{ edges {{ node {{ handle displayName bio avatar {{ width }} {LISTS} }} }} }} }} }}"
)
NAMES = ("followers", "following", "friends", "videos")


def lists_of(user: Json) -> list[list[str]]:
    """What each of a person's lists holds: handles, or titles of videos."""
    return [[value for edge in user[name]["edges"] for value in edge["node"].values()] for name in NAMES]


async def searched(viewer: Person, text: str) -> dict[str, list[list[str]]]:
    users = (await viewer.client.execute(SEARCH, {"text": text}))["searchUsers"]["edges"]
    return {edge["node"]["handle"]: lists_of(edge["node"]) for edge in users}


async def blocked_users(viewer: Person) -> list[Json]:
    return [edge["node"] for edge in (await viewer.client.execute(BLOCKED))["viewer"]["blockedUsers"]["edges"]]


async def a_known_pair(people: People) -> list[Person]:
    """`ann`, `bob` and their friend `cat`; each of ann and bob has a bio, a picture and a public video."""
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    for person in (ann, bob):
        photo = await person.upload(a_photo(), "image/jpeg")
        await person.do("people/update-profile", bio="about me", avatarUploadId=photo["id"])
        await publish(person, "PUBLIC")
    return [ann, bob, cat]


async def test_lists_within_a_search_take_the_same_statements_for_1_and_for_5(people: People, spent: Spent) -> None:
    word = people.suffix
    ann, bob, cat, dan, eve = await people.friends("ann", "bob", "cat", "dan", "eve")
    for person in (bob, cat, dan):
        await person.do("people/update-profile", displayName=f"Many{word}")
    await publish(bob, "FRIENDS")
    # The session, the search, and one for each of the four lists.
    budget = 1 + 1 + 4
    assert await spent(searched(ann, bob.handle)) == budget
    assert await spent(searched(ann, f"Many{word}")) == budget
    found = await searched(ann, f"Many{word}")
    assert list(found) == [bob.handle, cat.handle, dan.handle]
    assert found[bob.handle] == [[eve.handle, dan.handle]] * 3 + [["Clip"]]
    assert found[cat.handle] == [[eve.handle, dan.handle]] * 3 + [[]]
    assert found[dan.handle] == [[eve.handle, cat.handle]] * 3 + [[]]


async def test_the_lists_of_a_blocked_person_are_empty(people: People) -> None:
    ann, bob, cat = await a_known_pair(people)
    await ann.do("people/block-user", userId=bob.id)
    [user] = await blocked_users(ann)
    assert (user["handle"], user["bio"], user["avatar"] is not None) == (bob.handle, "about me", True)
    assert lists_of(user) == [[]] * 4
    assert (await searched(cat, bob.handle))[bob.handle] == [[cat.handle]] * 3 + [["Clip"]]


async def test_a_block_empties_the_lists_for_both_and_for_nobody_else(people: People, services: Services) -> None:
    ann, bob, cat = await a_known_pair(people)
    await ann.do("people/block-user", userId=bob.id)
    for viewer, subject in ((ann, bob), (bob, ann)):
        who, whose = key_of(viewer.id), [key_of(subject.id), key_of(cat.id)]
        for rows in (
            await follows.edge_pages(services.database, who, whose, "followers", None, 10),
            await follows.edge_pages(services.database, who, whose, "following", None, 10),
            await follows.friend_pages(services.database, who, whose, None, 10),
        ):
            assert [(row["subject_id"], row["handle"]) for row in rows] == [(key_of(cat.id), viewer.handle)]
        assert await media.videos_of(services.database, who, whose, None, 10) == []


async def test_blocking_who_has_blocked_oneself_shows_nothing_of_their_profile(people: People) -> None:
    ann, bob, _ = await a_known_pair(people)
    await ann.do("people/block-user", userId=bob.id)
    await bob.do("people/block-user", userId=ann.id)
    for viewer, other in ((ann, bob), (bob, ann)):
        [user] = await blocked_users(viewer)
        assert (user["handle"], user["bio"], user["avatar"]) == (other.handle, "", None)
        assert lists_of(user) == [[]] * 4
    await bob.do("people/unblock-user", userId=ann.id)
    [user] = await blocked_users(ann)
    assert (user["bio"], user["avatar"] is not None) == ("about me", True)


async def test_a_session_whose_refresh_token_is_over_is_not_listed(
    people: People, services: Services, settings: Settings
) -> None:
    ann = await people.join("ann")
    await people.anyone.execute(operation("identity/sign-in"), {"input": {"handle": ann.handle, "password": PASSWORD}})
    newest, oldest = (await ann.ask("identity/sessions"))["viewer"]["sessions"]
    assert (newest["isCurrent"], oldest["isCurrent"]) == (False, True)
    over = datetime.now(UTC) - timedelta(days=settings.refresh_token_days)
    await services.database.rows("UPDATE sessions SET refreshed_at = $2 WHERE id = $1", key_of(newest["id"]), over)
    assert (await ann.ask("identity/sessions"))["viewer"]["sessions"] == [oldest]
