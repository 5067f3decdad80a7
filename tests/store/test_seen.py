"""What people may see is looked up for many at once, or for nobody."""

from collections import Counter

from app.services import Services
from app.store import conversations, users


async def test_nothing_is_found_for_no_keys_without_a_statement(services: Services, statements: Counter[str]) -> None:
    before = Counter(statements)
    assert await users.seen(services.database, []) == {}
    assert await conversations.seen(services.database, []) == {}
    assert await conversations.last_seqs(services.database, []) == {}
    assert statements == before
