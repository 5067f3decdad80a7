"""The data that is measured on: made in SQL, the same for every server."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from app.auth.tokens import AccessTokens

PEOPLE = 10_000
CONVERSATIONS = 5_000
MESSAGES_EACH = 100
ROOM_MEMBERS = 32

FILL = [
    """INSERT INTO users (id, handle, handle_key, display_name, bio, created_at)
    SELECT gen_random_uuid(), 'p' || n, 'p' || n, 'Person ' || n, 'About person ' || n, now()
    FROM generate_series(1, $people) n""",
    """CREATE TEMPORARY TABLE numbered AS SELECT id, row_number() OVER (ORDER BY handle) - 1 AS n FROM users""",
    """CREATE TEMPORARY TABLE pairs AS
    SELECT gen_random_uuid() AS id, s.n, a.id AS one, b.id AS other FROM generate_series(1, $conversations) s (n)
    JOIN numbered a ON a.n = CASE WHEN s.n % 50 = 0 THEN 0 ELSE s.n % $people END
    JOIN numbered b ON b.n = (s.n * 7 + 1) % $people WHERE a.id <> b.id""",
    """INSERT INTO conversations (id, kind, direct_low, direct_high, last_seq, last_activity_at, created_at)
    SELECT id, 'DIRECT', least(one, other), greatest(one, other), $each, now() - n * interval '1 second', now()
    FROM pairs ON CONFLICT DO NOTHING""",
    """INSERT INTO members (conversation_id, user_id, role, visible, last_read_seq, joined_at)
    SELECT p.id, u.id, 'MEMBER', '{[1,)}', $each - 3, now() FROM pairs p JOIN conversations USING (id),
    unnest(ARRAY[p.one, p.other]) u (id)""",
    """INSERT INTO photos (id, width, height, placeholder, thumbnail_key, chat_key, full_key)
    SELECT gen_random_uuid(), 1280, 960, 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw', 'photos/t', 'photos/c', 'photos/f'
    FROM generate_series(1, 200)""",
    """INSERT INTO messages (conversation_id, seq, sender_id, kind, text, attachment_ids, sent_at)
    SELECT p.id, s, CASE WHEN s % 2 = 0 THEN p.one ELSE p.other END,
        CASE s % 10 WHEN 3 THEN 'PHOTOS' WHEN 7 THEN 'PROFILE' ELSE 'TEXT' END,
        'Message number ' || s || ' of a conversation that goes on for a while',
        CASE s % 10 WHEN 3 THEN ARRAY[photo.id] WHEN 7 THEN ARRAY[p.other] ELSE '{}'::uuid[] END,
        now() - ($each - s) * interval '1 minute'
    FROM pairs p JOIN conversations USING (id), generate_series(1, $each) s,
    LATERAL (SELECT id FROM photos ORDER BY id OFFSET 0 LIMIT 1) photo""",
]


@dataclass(frozen=True, slots=True)
class World:
    """Whom the measurements act for: the first person, who has many conversations."""

    viewer_id: UUID
    other_id: UUID
    conversation_id: UUID
    token: str

    @property
    def node_id(self) -> str:
        """The conversation's global id."""
        from schema.ids import to_id  # noqa: PLC0415 - the bare servers have no schema

        return to_id("Conversation", self.conversation_id)


async def make_world(url: str, jwt_secret: str) -> World:
    """Fill an empty, migrated database, and sign the viewer in."""
    connection = await asyncpg.connect(url)
    sizes = {"$people": PEOPLE, "$conversations": CONVERSATIONS, "$each": MESSAGES_EACH}
    for statement in FILL:
        for name, size in sizes.items():
            statement = statement.replace(name, str(size))  # noqa: PLW2901 - numbers of ours
        await connection.execute(statement)
    row = await connection.fetchrow(
        """SELECT p.id, p.one, p.other FROM pairs p JOIN conversations USING (id)
        WHERE p.one = (SELECT id FROM numbered WHERE n = 0) ORDER BY p.n LIMIT 1"""
    )
    await connection.execute("ANALYZE")
    token = await _sign_in(connection, row["one"], jwt_secret)
    await connection.close()
    return World(row["one"], row["other"], row["id"], token)


async def _sign_in(connection: asyncpg.Connection, user_id: UUID, jwt_secret: str) -> str:
    session_id = UUID(bytes=secrets.token_bytes(16))
    await connection.execute(
        "INSERT INTO sessions (id, user_id, created_at, refreshed_at) VALUES ($1, $2, now(), now())",
        session_id,
        user_id,
    )
    return AccessTokens(jwt_secret, timedelta(hours=12)).issue(user_id, session_id, datetime.now(UTC)).value
