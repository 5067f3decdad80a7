"""What the tests read and change behind the server's back: the tables as they are, and time that has passed."""

import functools
from datetime import timedelta
from uuid import UUID, uuid4

from app.services import Services
from app.store.database import Database
from schema.ids import message_id_head, parse_message_id, to_id, type_and_key
from tests.support.graphql_client import Json
from tests.support.people import Person


async def contents(database: Database) -> dict[str, tuple[int, int]]:
    """Each table's number of rows, and a sum of their hashes."""
    rows = await database.rows(await _summing(database))
    return {row["name"]: (row["count"], row["sum"]) for row in rows}


@functools.cache
def _summing_sql(tables: tuple[str, ...]) -> str:
    return " UNION ALL ".join(
        f"SELECT '{table}' AS name, count(*) AS count, coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum"
        f' FROM "{table}" t'
        for table in tables
    )


async def _summing(database: Database) -> str:
    rows = await database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return _summing_sql(tuple(row["tablename"] for row in rows))


def key_of(global_id: str) -> UUID:
    """The UUID behind an id."""
    parts = type_and_key(global_id)
    assert parts is not None
    return UUID(parts[1])


def nobody(type_name: str = "User") -> str:
    """A well-formed id of something that is not there."""
    return to_id(type_name, uuid4())


async def make_older(services: Services, message: Json, age: timedelta) -> None:
    """Let a message have been sent some time before it was."""
    await services.database.rows(
        "UPDATE messages SET sent_at = sent_at - $3::interval WHERE conversation_id = $1 AND seq = $2",
        *parse_message_id(message["id"], ""), age,
    )  # fmt: skip


async def suspend(services: Services, person: Person) -> None:
    """Close somebody's account, as staff would."""
    await services.database.rows("UPDATE users SET suspended_at = now() WHERE id = $1", key_of(person.id))


def to_message_id(conversation_id: UUID, seq: int) -> str:
    """The global id of a message."""
    return f"{message_id_head(conversation_id)}{seq}"
