"""Everything at once: people who act on each other at random neither deadlock nor break what has to hold."""

import asyncio
import random
import secrets
from typing import Any

from app.services import Services
from tests.rules.records import key_of
from tests.support.people import People, Person

ACTIONS = 240


class Storm:
    """Four people, two groups and the dice."""

    def __init__(self, persons: list[Person], groups: list[str], seed: int) -> None:
        self.persons, self.groups, self.dice = persons, groups, random.Random(seed)

    async def act(self) -> str:
        """One thing that somebody does; the name of what came of it."""
        me, other = self.dice.sample(self.persons, 2)
        group = self.dice.choice(self.groups)
        name, fields = self.dice.choice(self._choices(other, group))
        return (await me.answer(name, **fields))["__typename"]  # type: ignore[no-any-return]

    def _choices(self, other: Person, group: str) -> list[tuple[str, dict[str, Any]]]:
        message = {"clientKey": secrets.token_hex(8), "content": {"text": {"text": "hello"}}}
        to_person = {"userId": other.id}
        return [
            ("messages/send-to-person", {"recipientId": other.id, **message}),
            ("messages/send-to-person", {"recipientId": other.id, **message}),
            ("messages/send-text", {"conversationId": group, **message}),
            ("messages/send-text", {"conversationId": group, **message}),
            ("people/follow-user", to_person),
            ("people/follow-user", to_person),
            ("people/unfollow-user", to_person),
            ("people/block-user", to_person),
            ("people/unblock-user", to_person),
            ("people/unblock-user", to_person),
            ("people/update-settings", {"messagePolicy": self.dice.choice(["EVERYONE", "EVERYONE", "FRIENDS", "OFF"])}),
            ("people/update-profile", {"bio": secrets.token_hex(4)}),
            ("conversations/start-conversation", to_person),
            ("conversations/mark-read", {"conversationId": group}),
            ("conversations/add-members", {"conversationId": group, "userIds": [p.id for p in self.persons]}),
            ("conversations/create-group", {"title": "x", "memberIds": [p.id for p in self.persons]}),
            ("conversations/remove-member", {"conversationId": group, "userId": other.id}),
            ("conversations/leave-group", {"conversationId": group}),
            ("conversations/set-member-role", {"conversationId": group, "userId": other.id, "role": "OWNER"}),
        ]


async def test_random_actions_at_once_keep_what_has_to_hold(people: People, services: Services) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201
    persons = await people.friends("ann", "bob", "cat", "dan")
    groups = [await persons[n].make_group(*(p for p in persons if p is not persons[n])) for n in range(2)]
    storm = Storm(persons, groups, seed)
    results: list[str] = []
    for _ in range(ACTIONS // 24):
        results += await asyncio.gather(*(storm.act() for _ in range(24)))
    assert len({result for result in results if result.endswith("Success")}) > 8
    ids = [key_of(person.id) for person in persons]
    for promise, sql in BROKEN.items():
        assert await services.database.rows(sql, ids) == [], promise


# What would break a promise, among people $1.
BROKEN = {
    "seqs are dense": """SELECT c.id FROM conversations c JOIN members m ON m.conversation_id = c.id
        WHERE m.user_id = ANY($1) AND ARRAY(SELECT seq FROM messages WHERE conversation_id = c.id ORDER BY seq)
            <> ARRAY(SELECT generate_series(1, c.last_seq))""",
    "a pair has one conversation": """SELECT direct_low FROM conversations WHERE direct_low = ANY($1)
        GROUP BY direct_low, direct_high HAVING count(*) > 1""",
    "a group of somebody has an owner": """SELECT c.id FROM conversations c JOIN members m ON m.conversation_id = c.id
        WHERE c.kind = 'GROUP' AND m.user_id = ANY($1) AND m.active
        GROUP BY c.id HAVING NOT bool_or(m.role = 'OWNER')""",
    "nobody follows across a block": """SELECT f.follower_id FROM follows f JOIN blocks b
        ON (b.blocker_id, b.blocked_id) IN ((f.follower_id, f.followee_id), (f.followee_id, f.follower_id))
        WHERE f.follower_id = ANY($1)""",
    "read marks stand at a message": """SELECT m.user_id FROM members m JOIN conversations c ON c.id = m.conversation_id
        WHERE m.user_id = ANY($1) AND m.last_read_seq > c.last_seq""",
    "every message is told once": """SELECT m.conversation_id FROM messages m JOIN members me USING (conversation_id)
        WHERE me.user_id = ANY($1) AND 1 <> (SELECT count(*) FROM events e
            WHERE e.topic = m.conversation_id AND e.seq = m.seq AND e.kind = 'MESSAGE_ADDED')""",
}
