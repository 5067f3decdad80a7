"""A database in which reading too much shows: one long conversation, one full inbox, one person whom many follow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.store.database import SESSION_SETTINGS
from tests.conftest import TEMPLATE, database_named

PEOPLE = 10_000
LONG = 200_000
FULL = 3_000
SHORT = 10
EVENTS = 80_000
EPOCH = UUID(int=0)


def filling(people: int, long: int, full: int, events: int) -> str:
    """SQL for so many people, messages of one conversation, conversations of one person, and entries of the log.

    The first person is the one with the full inbox and the followers; the first 32 are in the long conversation.
    """
    return f"""
CREATE TABLE person AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, {people - 1}) n;
CREATE TABLE talk AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, {full}) n;
CREATE INDEX ON person (n);
ANALYZE person, talk;
INSERT INTO users (id, handle, handle_key, display_name, created_at)
    SELECT id, 'p' || n, 'p' || n, 'Person ' || n, now() FROM person;
INSERT INTO conversations (id, kind, title, last_seq, last_activity_at, created_at)
    SELECT id, 'GROUP', 'Long', {long}, now() - interval '1 day', now() FROM talk WHERE n = 0;
INSERT INTO conversations (id, kind, direct_low, direct_high, last_seq, last_activity_at, created_at)
    SELECT t.id, 'DIRECT', least(a.id, b.id), greatest(a.id, b.id), {SHORT}, now() - t.n * interval '1 minute', now()
    FROM talk t, person a, person b WHERE t.n > 0 AND a.n = 0 AND b.n = t.n;
INSERT INTO members (conversation_id, user_id, role, visible, last_read_seq, joined_at, inbox_at, unread_seq)
    SELECT c.id, p.id, 'MEMBER', '{{[1,)}}'::int8multirange, 0, now() + p.n * interval '1 second',
        c.last_activity_at, c.last_seq
    FROM talk t JOIN conversations c USING (id) JOIN person p ON p.n < 32 WHERE t.n = 0
    UNION ALL SELECT c.id, u.id, 'MEMBER', '{{[1,)}}'::int8multirange,
        CASE WHEN t.n % 100 = 0 THEN 0 ELSE c.last_seq END, now(), c.last_activity_at,
        CASE WHEN t.n % 100 = 0 THEN c.last_seq END
    FROM talk t JOIN conversations c USING (id), unnest(ARRAY[c.direct_low, c.direct_high]) u (id) WHERE t.n > 0;
INSERT INTO messages (conversation_id, seq, sender_id, kind, text, sent_at)
    SELECT t.id, s, p.id, 'TEXT', 'Message ' || s, now() FROM talk t, generate_series(1, {long}) s
    JOIN person p ON p.n = s % 32 WHERE t.n = 0;
INSERT INTO messages (conversation_id, seq, sender_id, kind, text, sent_at)
    SELECT c.id, s, CASE WHEN s % 2 = 0 THEN c.direct_low ELSE c.direct_high END, 'TEXT', 'Message ' || s, now()
    FROM generate_series(1, {SHORT}) s, conversations c WHERE c.kind = 'DIRECT';
INSERT INTO follows (follower_id, followee_id, followed_at, friends_since)
    SELECT a.id, b.id, now() - p.n * interval '1 minute', now() - p.n * interval '1 minute'
    FROM person p, person me, LATERAL (VALUES (p.id, me.id), (me.id, p.id)) pair (one, other)
    JOIN users a ON a.id = pair.one JOIN users b ON b.id = pair.other WHERE me.n = 0 AND p.n > 0;
INSERT INTO blocks (blocker_id, blocked_id, blocked_at)
    SELECT b.id, p.id, now() - p.n * interval '1 minute' FROM person p, person b
    WHERE b.n IN (100, 101) AND p.n > 2000;
INSERT INTO photos (id, width, height, placeholder, thumbnail_key, chat_key, full_key)
    SELECT id, 1, 1, '', '', '', '' FROM person WHERE n = 0;
INSERT INTO videos (id, author_id, upload_id, title, visibility, duration_seconds, poster_id, media_key, media_type,
        published_at)
    SELECT gen_random_uuid(), a.id, gen_random_uuid(), 'Clip', 'PUBLIC', 1, a.id, '', '',
        now() - k * interval '1 minute'
    FROM generate_series(1, {people - 1}) k JOIN person a ON a.n = CASE k % 2 WHEN 0 THEN 0 ELSE k END;
INSERT INTO sessions (id, user_id, created_at, refreshed_at, ended_at)
    SELECT gen_random_uuid(), a.id, now(), now(), CASE WHEN k % 1000 > 0 THEN now() END
    FROM generate_series(1, {people - 1}) k JOIN person a ON a.n = CASE k % 2 WHEN 0 THEN 0 ELSE k END;
INSERT INTO reactions (conversation_id, seq, user_id, emoji, reacted_at)
    SELECT m.conversation_id, m.seq, m.sender_id, '+', now() FROM messages m WHERE m.seq % 10 = 0;
UPDATE log SET epoch = '{EPOCH}';
INSERT INTO events (lane, pos, kind, topic, audience, seq, occurred_at)
    SELECT k % 8, k / 8 + 1, 'MESSAGE_ADDED', t.id, '{{}}', k, now()
    FROM generate_series(0, {events - 1}) k JOIN talk t ON t.n = k % {full};
ANALYZE;
"""


@dataclass(frozen=True, slots=True)
class Crowded:
    """The people and the conversation of interest."""

    connection: asyncpg.Connection
    hub: UUID
    blocker: UUID
    long: UUID
    talks: list[UUID]


async def fill(connection: asyncpg.Connection, sql: str) -> Crowded:
    """Fill a migrated, empty database."""
    await connection.execute(sql)
    [hub, blocker] = await connection.fetch("SELECT id FROM person WHERE n IN (0, 100) ORDER BY n")
    talks = await connection.fetch("SELECT id FROM talk ORDER BY n LIMIT 21")
    return Crowded(connection, hub["id"], blocker["id"], talks[0]["id"], [row["id"] for row in talks])


@asynccontextmanager
async def crowded_database(
    engine_database_url: str, name: str, sql: str = filling(PEOPLE, LONG, FULL, EVENTS)
) -> AsyncIterator[Crowded]:
    """A database of this name, filled, for as long as it is needed."""
    admin = await asyncpg.connect(engine_database_url)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    connection = await asyncpg.connect(database_named(engine_database_url, name), server_settings=SESSION_SETTINGS)
    yield await fill(connection, sql)
    await connection.close()
    await admin.execute(f"DROP DATABASE {name}")
    await admin.close()
