"""The limit: bare aiohttp handlers with asyncpg and orjson that give the same data without GraphQL, and check nothing.

Started as a process of its own: `python -m bench.bare PORT DATABASE_URL`.
"""

import asyncio
import gc
import sys
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import uvloop
from aiohttp import web

HISTORY = """
SELECT m.seq, m.sent_at, m.kind, m.text, m.attachment_ids, u.id, u.handle, u.display_name
FROM messages m JOIN users u ON u.id = m.sender_id
WHERE m.conversation_id = $1 ORDER BY m.seq DESC LIMIT 51
"""
INBOX = """
SELECT c.id, c.kind, c.title, m.seq, m.sent_at, m.text, s.id AS sender_id, s.handle, unread.count, people.list
FROM members me JOIN conversations c ON c.id = me.conversation_id
JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq JOIN users s ON s.id = m.sender_id
CROSS JOIN LATERAL (SELECT count(*) FROM messages x WHERE x.conversation_id = c.id AND x.seq > me.last_read_seq
    AND x.sender_id <> me.user_id) unread
CROSS JOIN LATERAL (SELECT array_agg(ARRAY[u.id::text, u.handle, u.display_name]) AS list FROM members o
    JOIN users u ON u.id = o.user_id WHERE o.conversation_id = c.id) people
WHERE me.user_id = $1 AND me.active ORDER BY c.last_activity_at DESC, c.id DESC LIMIT 21
"""


def build(pool: Any) -> web.Application:
    """The handlers."""
    sockets: list[web.WebSocketResponse] = []

    async def history(request: web.Request) -> web.Response:
        rows = await pool.fetch(HISTORY, UUID(request.query["id"]))
        photo_ids = [photo for row in rows if row["kind"] == "PHOTOS" for photo in row["attachment_ids"]]
        people_ids = [person for row in rows if row["kind"] == "PROFILE" for person in row["attachment_ids"]]
        photos = {r["id"]: r for r in await pool.fetch(
            "SELECT id, width, height, placeholder FROM photos WHERE id = ANY($1)", photo_ids)}  # fmt: skip
        people = {r["id"]: r for r in await pool.fetch(
            "SELECT id, handle, display_name FROM users WHERE id = ANY($1)", people_ids)}  # fmt: skip
        edges = [_edge(row, photos, people) for row in reversed(rows[:50])]
        return _json(
            {"data": {"node": {"messages": {"edges": edges, "pageInfo": {"hasPreviousPage": len(rows) > 50}}}}}
        )

    async def inbox(request: web.Request) -> web.Response:
        rows = await pool.fetch(INBOX, UUID(request.query["id"]))
        return _json({"data": {"viewer": {"conversations": {"edges": [_conversation(row) for row in rows[:20]]}}}})

    async def send(request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        return _json(await _send(pool, UUID(body["conversation"]), UUID(body["sender"]), body["text"]))

    async def socket(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        sockets.append(ws)
        async for _ in ws:
            pass
        return ws

    async def broadcast(request: web.Request) -> web.Response:
        text = (await request.read()).decode()
        for ws in sockets:
            await ws.send_str(text)
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/history", history), web.get("/inbox", inbox), web.post("/send", send),
                    web.get("/socket", socket), web.post("/broadcast", broadcast)])  # fmt: skip
    return app


def _edge(row: Any, photos: Any, people: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"__typename": row["kind"], "text": row["text"]}
    if row["kind"] == "PHOTOS":
        content["photos"] = [dict(photos[photo]) | {"id": None} for photo in row["attachment_ids"]]
    if row["kind"] == "PROFILE":
        person = people[row["attachment_ids"][0]]
        content["user"] = {"id": person["id"].hex, "handle": person["handle"], "displayName": person["display_name"]}
    sender = {"id": row["id"].hex, "handle": row["handle"], "displayName": row["display_name"]}
    node = {"seq": row["seq"], "sentAt": row["sent_at"], "sender": sender, "content": content}
    return {"cursor": str(row["seq"]), "node": node}


def _conversation(row: Any) -> dict[str, Any]:
    sender = {"id": row["sender_id"].hex, "handle": row["handle"]}
    last = {"seq": row["seq"], "sentAt": row["sent_at"], "fallbackText": row["text"], "sender": sender}
    members = [{"id": m[0], "handle": m[1], "displayName": m[2]} for m in row["list"]]
    node = {"id": row["id"].hex, "kind": row["kind"], "title": row["title"], "lastMessage": last, "members": members}
    return {"node": node | {"unread": row["count"]}}


async def _send(pool: Any, conversation: UUID, sender: UUID, text: str) -> dict[str, Any]:
    """The statements of a send with its checks, without the rules around them."""
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow("SELECT last_seq FROM conversations WHERE id = $1 FOR UPDATE", conversation)
        await connection.fetch("SELECT user_id FROM members WHERE conversation_id = $1 AND active", conversation)
        written = await connection.fetchrow(
            """WITH moved AS (UPDATE conversations SET last_seq = $2, last_activity_at = now() WHERE id = $1)
            INSERT INTO messages (conversation_id, seq, sender_id, kind, text, client_key, sent_at)
            VALUES ($1, $2, $3, 'TEXT', $4, $5, now()) RETURNING seq, sent_at""",
            conversation, row["last_seq"] + 1, sender, text, uuid4().hex,
        )  # fmt: skip
    return {"data": {"sendMessage": {"seq": written["seq"], "sentAt": written["sent_at"], "text": text}}}


def _json(value: Any) -> web.Response:
    return web.Response(body=orjson.dumps(value, default=str), content_type="application/json")


async def main(port: int, url: str) -> None:
    """Serve until killed."""
    pool = await asyncpg.create_pool(url, min_size=10, max_size=10)
    runner = web.AppRunner(build(pool), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    gc.collect()
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as event_loop:
        event_loop.run(main(int(sys.argv[1]), sys.argv[2]))
