"""The data that is measured on: made in SQL, the same for every server."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from uuid import UUID

import asyncpg

from app.auth.tokens import AccessTokens

PEOPLE = 10_000
CONVERSATIONS = 5_000
MESSAGES_EACH = 100
CLIENTS = 2_100
VIEWERS = 10

SAID = """
CREATE FUNCTION pg_temp.said(one uuid, other uuid, low int, high int)
RETURNS TABLE (seq int, sender uuid, kind text, body text, attachments uuid[], at timestamptz) LANGUAGE sql AS $$
    SELECT s, CASE WHEN s % 2 = 0 THEN one ELSE other END,
        CASE s % 10 WHEN 3 THEN 'PHOTOS' WHEN 7 THEN 'PROFILE' ELSE 'TEXT' END,
        'Message number ' || s || ' of a conversation that goes on for a while',
        CASE s % 10 WHEN 3 THEN ARRAY[photos.ids[1 + s % 200]] WHEN 7 THEN ARRAY[other] ELSE '{}'::uuid[] END,
        now() - (high - s) * interval '1 second'
    FROM (SELECT array_agg(id) AS ids FROM photos) photos, generate_series(low, high) s
$$"""
"""Messages of mixed kinds that two people said in turns, with all seqs from low to high."""

SETTINGS = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
    EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1.1', current_database());
END $$
"""
"""What our connections set for themselves (`app/store/database.py`), for those of the others too."""

FILL = [
    """INSERT INTO users (id, handle, handle_key, display_name, bio, created_at)
    SELECT gen_random_uuid(), 'p' || n, 'p' || n, 'Person ' || n, 'About person ' || n, now()
    FROM generate_series(1, $people) n""",
    """CREATE TEMPORARY TABLE numbered AS SELECT id, row_number() OVER (ORDER BY handle) - 1 AS n FROM users""",
    """CREATE TEMPORARY TABLE pairs AS
    SELECT gen_random_uuid() AS id, s.n, a.id AS one, b.id AS other FROM generate_series(1, $conversations) s (n)
    JOIN numbered a ON a.n = CASE WHEN s.n % 5 = 0 THEN $people / 2 + s.n / 5 % $viewers ELSE s.n END
    JOIN numbered b ON b.n = (s.n * 7 + 1) % $people WHERE a.id <> b.id""",
    """INSERT INTO conversations (id, kind, direct_low, direct_high, last_seq, last_activity_at, created_at)
    SELECT id, 'DIRECT', least(one, other), greatest(one, other), $each, now() - n * interval '1 second', now()
    FROM pairs ON CONFLICT DO NOTHING""",
    """INSERT INTO members (conversation_id, user_id, role, visible, last_read_seq, joined_at)
    SELECT p.id, u.id, 'MEMBER', '{[1,)}', $each - 3, now() FROM pairs p JOIN conversations USING (id),
    unnest(ARRAY[p.one, p.other]) u (id)""",
    """UPDATE members m SET inbox_at = c.last_activity_at, unread_seq = c.last_seq FROM conversations c
    WHERE c.id = m.conversation_id""",
    """INSERT INTO photos (id, width, height, placeholder, thumbnail_key, chat_key, full_key)
    SELECT gen_random_uuid(), 1280, 960, 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw', 'photos/t', 'photos/c', 'photos/f'
    FROM generate_series(1, 200)""",
    SAID,
    """INSERT INTO messages (conversation_id, seq, sender_id, kind, text, attachment_ids, sent_at)
    SELECT p.id, s.* FROM pairs p JOIN conversations USING (id),
    LATERAL pg_temp.said(p.one, p.other, 1, $each) s""",
]


@dataclass(frozen=True)
class Client:
    """Somebody who is signed in, and one of their conversations."""

    user_id: UUID
    session_id: UUID
    token: str
    conversation_id: UUID

    @cached_property
    def node_id(self) -> str:
        """The conversation's global id."""
        from schema.ids import to_id  # noqa: PLC0415 - the bare servers have no schema

        return to_id("Conversation", self.conversation_id)


@dataclass(frozen=True, slots=True)
class World:
    """Whom the measurements act for: the viewers have a hundred conversations each, the clients one or a few."""

    viewers: list[Client]
    clients: list[Client]


async def make_world(url: str, jwt_secret: str) -> World:
    """Fill an empty, migrated database, and sign people in."""
    connection = await asyncpg.connect(url)
    sizes = {"$people": PEOPLE, "$conversations": CONVERSATIONS, "$each": MESSAGES_EACH, "$viewers": VIEWERS}
    for statement in FILL:
        for name, size in sizes.items():
            statement = statement.replace(name, str(size))  # noqa: PLW2901 - numbers of ours
        await connection.execute(statement)
    rows = await connection.fetch(
        """(SELECT p.id, p.one FROM pairs p JOIN conversations USING (id) WHERE p.n % 5 = 0 ORDER BY p.n LIMIT $1)
        UNION ALL
        (SELECT p.id, p.one FROM pairs p JOIN conversations USING (id) WHERE p.n % 5 <> 0 ORDER BY p.n LIMIT $2)""",
        VIEWERS, CLIENTS,
    )  # fmt: skip
    tokens = AccessTokens(jwt_secret, timedelta(hours=12))
    people = [_signed_in(tokens, row["one"], row["id"]) for row in rows]
    await connection.executemany(
        "INSERT INTO sessions (id, user_id, created_at, refreshed_at) VALUES ($1, $2, now(), now())",
        [(client.session_id, client.user_id) for client in people],
    )
    await connection.execute("VACUUM ANALYZE")
    await connection.execute(SETTINGS)
    await connection.close()
    return World(people[:VIEWERS], people[VIEWERS:])


async def add_messages(url: str, client: Client, up_to: int) -> None:
    """Let the client's conversation go on until it has so many messages."""
    connection = await asyncpg.connect(url)
    await connection.execute(SAID)
    await connection.execute(
        """INSERT INTO messages (conversation_id, seq, sender_id, kind, text, attachment_ids, sent_at)
        SELECT c.id, s.* FROM conversations c,
        LATERAL pg_temp.said(c.direct_low, c.direct_high, c.last_seq::int + 1, $2) s WHERE c.id = $1""",
        client.conversation_id, up_to,
    )  # fmt: skip
    await connection.execute("UPDATE conversations SET last_seq = $2 WHERE id = $1", client.conversation_id, up_to)
    await connection.execute("VACUUM ANALYZE messages")
    await connection.close()


def _signed_in(tokens: AccessTokens, user_id: UUID, conversation_id: UUID) -> Client:
    session_id = UUID(bytes=secrets.token_bytes(16))
    return Client(user_id, session_id, tokens.issue(user_id, session_id, datetime.now(UTC)).value, conversation_id)
