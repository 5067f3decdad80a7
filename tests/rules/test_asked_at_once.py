"""Many people who ask at once: PostgreSQL is asked for several of them by one statement, and nobody sees it."""

import asyncio
from collections import Counter
from itertools import pairwise

from tests.support.people import People, Person

PAGES = """
query ($group: ID!) {
  viewer { conversations(first: 5) { edges { cursor node { id lastMessage { id fallbackText sender { handle } }
    members(first: 5) { edges { node { handle } } } viewerState { unread { count } } } } } }
  node(id: $group) { ... on Conversation { messages(last: 10) { edges { cursor node { seq fallbackText
    sender { handle } } } pageInfo { hasPreviousPage } } } }
}
"""
ROUNDS = 8


async def asked(person: Person, group: str) -> str:
    """All that somebody sees of their inbox and a group, as text."""
    return str(await person.client.execute(PAGES, {"group": group}))


async def test_each_sees_at_once_what_they_see_alone(people: People, statements: Counter[str]) -> None:
    persons = await people.friends("ann", "bob", "cat", "dan", "eve", "fay")
    group = await persons[0].make_group(*persons[1:])
    for person, other in pairwise(persons):
        await person.send_text(group, f"{person.handle} to all")
        await person.send_text(await person.talk_to(other), f"{person.handle} to {other.handle}")
    await persons[0].do("people/block-user", userId=persons[1].id)
    await persons[3].do("people/block-user", userId=persons[2].id)

    before = statements.total()
    alone = [await asked(person, group) for person in persons]
    spent_alone, before = statements.total() - before, statements.total()
    assert await asyncio.gather(*(asked(person, group) for person in persons * ROUNDS)) == alone * ROUNDS
    assert statements.total() - before < ROUNDS * spent_alone
    assert len(set(alone)) == len(persons)
