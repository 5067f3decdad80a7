"""Each operation has its number of SQL statements, whatever the size of the page."""

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from tests.support.people import People, Person
from tests.support.samples import a_photo

# Statements besides the operation's own: the viewer's session is looked up each time.
SESSION = 1

# What only statements of no operation say: the tailer's, retention's, presence's, and asyncpg's questions about types
# on a new connection.
NOT_COUNTED = ("behind.number", "log_floors", "friend_id", "pg_catalog.pg_type", "typeinfo", "jit")


@pytest.fixture
def spent(statements: Counter[str]) -> Callable[[Awaitable[object]], Awaitable[int]]:
    """How many statements something takes."""

    def so_far() -> int:
        return sum(times for sql, times in statements.items() if not any(mark in sql for mark in NOT_COUNTED))

    async def count(work: Awaitable[object]) -> int:
        before = so_far()
        await work
        return so_far() - before

    return count


Spent = Callable[[Awaitable[object]], Awaitable[int]]


async def _say(person: Person, other: Person, conversation_id: str, count: int) -> None:
    """Messages of mixed kinds, so that every loader of a page has work."""
    photo = await person.upload(a_photo(), "image/jpeg")
    for number in range(count):
        message = await person.send_text(conversation_id, f"text {number}")
        if number % 3 == 0:
            await other.do("messages/react", messageId=message["id"], emoji="👍")
            await person.send_text(conversation_id, "reply", replyToId=message["id"])
        if number % 5 == 0:
            await person.do(
                "messages/send-photos", conversationId=conversation_id, clientKey=secrets.token_hex(4),
                content={"photos": {"uploadIds": [photo["id"]]}},
            )  # fmt: skip
        if number % 7 == 0:
            await person.do(
                "messages/send-profile", conversationId=conversation_id, clientKey=secrets.token_hex(4),
                content={"profile": {"userId": other.id}},
            )  # fmt: skip


async def test_a_page_of_history_takes_the_same_statements_for_5_and_for_50(people: People, spent: Spent) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    await _say(ann, bob, conversation_id, 40)
    # The conversation, the page with senders, and for all messages together: other people, photos, replies, reactions.
    budget = SESSION + 1 + 1 + 4
    assert await spent(bob.history(conversation_id, last=50)) == budget
    assert await spent(bob.history(conversation_id, last=10)) == budget


async def test_a_list_of_conversations_takes_the_same_statements_for_2_and_for_20(people: People, spent: Spent) -> None:
    ann = await people.join("ann")
    for number in range(20):
        other = await people.join(f"p{number}x")
        await other.send_text(await other.talk_to(ann), "hello")
    # The list with last messages, their senders, the viewer's states and all members; and the unread count.
    budget = SESSION + 1 + 1
    assert await spent(ann.ask("conversations/conversations", first=20)) == budget
    assert await spent(ann.ask("conversations/conversations", first=2)) == budget


async def test_sending_a_text_takes_one_statement(people: People, spent: Spent) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    await ann.send_text(conversation_id, "warm")
    assert await spent(ann.send_text(conversation_id, "hello")) == 1  # which looks at the session itself
