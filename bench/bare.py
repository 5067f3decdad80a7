"""The limit: bare aiohttp handlers with asyncpg and orjson that give the same data without GraphQL, and check nothing.

Started as a process of its own: `python -m bench.bare PORT DATABASE_URL`. The statements are in `bench/sql`.
"""

import asyncio
import gc
import hashlib
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvloop
from aiohttp import web

SQL = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "sql").glob("*.sql")}
NO_LIMIT = 1 << 62


class Bare:
    """The handlers; every message is also told to all open sockets."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._sockets: set[web.WebSocketResponse] = set()
        self._facts: dict[tuple[str, str], str] = {}
        """The facts that a send's rules rest on, as they last were: ours keeps them as well."""

    def application(self) -> web.Application:
        """All routes."""
        app = web.Application()
        app.add_routes([
            web.get("/history", self.history), web.get("/inbox", self.inbox), web.post("/send", self.send),
            web.get("/socket", self.socket), web.post("/broadcast", self.broadcast),
        ])  # fmt: skip
        return app

    async def history(self, request: web.Request) -> web.Response:
        """A page of messages, before a seq if one is given."""
        before = int(request.query.get("before", NO_LIMIT))
        rows = await self._pool.fetch(SQL["history"], UUID(request.query["id"]), before)
        photos = await self._named("photos", rows, "PHOTOS")
        people = await self._named("people", rows, "PROFILE")
        place = request.query["id"]
        edges = [_edge(place, row, photos, people) for row in reversed(rows[:50])]
        page = {"hasPreviousPage": len(rows) > 50, "startCursor": edges[0]["cursor"]}
        return _json({"data": {"node": {"id": place, "messages": {"edges": edges, "pageInfo": page}}}})

    async def inbox(self, request: web.Request) -> web.Response:
        """A page of conversations."""
        rows = await self._pool.fetch(SQL["inbox"], UUID(request.query["id"]))
        edges = [_conversation(row) for row in rows[:20]]
        page = {"hasNextPage": len(rows) > 20, "endCursor": str(rows[-1]["last_activity_at"])}
        return _json({"data": {"viewer": {"conversations": {"edges": edges, "pageInfo": page}}}})

    async def send(self, request: web.Request) -> web.Response:
        """One send, by the statement that ours uses."""
        body = orjson.loads(await request.read())
        row = await self._sent(body)
        place, content = f"{body['conversation']}:{row['message_seq']}", {"text": body["text"]}
        message = {"id": place, "seq": row["message_seq"], "sentAt": row["said_at"], "content": content}
        if self._sockets:
            await self._tell(_frame({**message, "sender": {"id": body["sender"], "handle": "somebody"}}))
        return _json({"data": {"sendMessage": {"wasReplay": False, "message": message}}})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """A socket that hears all; told a conversation and a seq, it answers with what was missed."""
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        self._sockets.add(ws)
        try:
            async for heard in ws:
                asked = orjson.loads(heard.data)
                for row in await self._pool.fetch(SQL["missed"], UUID(asked["conversation"]), asked["after"]):
                    await ws.send_str(_frame(_message(asked["conversation"], row, {"text": row["text"]})))
        finally:
            self._sockets.discard(ws)
        return ws

    async def broadcast(self, request: web.Request) -> web.Response:
        """Send the body to every socket, as the text it is."""
        await self._tell((await request.read()).decode())
        return web.Response()

    async def _tell(self, text: str) -> None:
        for ws in tuple(self._sockets):
            await ws.send_str(text)

    async def _named(self, table: str, rows: Any, kind: str) -> dict[UUID, Any]:
        ids = [each for row in rows if row["kind"] == kind for each in row["attachment_ids"]]
        return {row["id"]: row for row in await self._pool.fetch(SQL[table], ids)}

    async def _sent(self, body: dict[str, str]) -> Any:
        place, content_hash = (body["sender"], body["conversation"]), hashlib.sha256(body["text"].encode()).digest()
        sender, session, conversation = (UUID(body[name]) for name in ("sender", "session", "conversation"))
        while True:
            row = await self._pool.fetchrow(
                SQL["send"], sender, session, conversation, body["key"], content_hash, self._facts.get(place),
                body["text"],
            )  # fmt: skip
            if row["message_seq"] is not None:
                return row
            self._facts[place] = row["facts"]


def _message(place: str, row: Any, content: dict[str, Any]) -> dict[str, Any]:
    sender = {"id": row["sender_id"].hex, "handle": row["handle"], "displayName": row["display_name"]}
    seq = row["seq"]
    return {"id": f"{place}:{seq}", "seq": seq, "sentAt": row["sent_at"], "sender": sender, "content": content}


def _edge(place: str, row: Any, photos: Any, people: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"__typename": row["kind"], "text": row["text"]}
    if row["kind"] == "PHOTOS":
        content["photos"] = [_photo(photos[photo]) for photo in row["attachment_ids"]]
    if row["kind"] == "PROFILE":
        person = people[row["attachment_ids"][0]]
        content["user"] = {"id": person["id"].hex, "handle": person["handle"], "displayName": person["display_name"]}
    return {"cursor": str(row["seq"]), "node": _message(place, row, content)}


def _photo(row: Any) -> dict[str, Any]:
    return {"width": row["width"], "height": row["height"], "placeholder": row["placeholder"]}


def _conversation(row: Any) -> dict[str, Any]:
    sender = {"id": row["sender_id"].hex, "handle": row["handle"]}
    place, seq = row["id"].hex, row["seq"]
    last = {"id": f"{place}:{seq}", "seq": seq, "sentAt": row["sent_at"], "fallbackText": row["text"], "sender": sender}
    members = [{"id": m[0], "handle": m[1], "displayName": m[2]} for m in row["list"]]
    node = {"id": place, "kind": row["kind"], "title": row["title"], "lastMessage": last, "members": members}
    return {"cursor": str(row["last_activity_at"]), "node": node | {"unread": row["count"]}}


def _frame(message: dict[str, Any]) -> str:
    return orjson.dumps({"id": "1", "type": "next", "payload": {"data": {"messageAdded": message}}}).decode()


def _json(value: Any) -> web.Response:
    return web.Response(body=orjson.dumps(value, default=str), content_type="application/json")


async def _as_it_is(_connection: object) -> None:
    """What asyncpg does to a connection that is given back takes a round trip each time; ours does without as well."""


async def main(port: int, url: str) -> None:
    """Serve until killed."""
    pool = await asyncpg.create_pool(url, min_size=10, max_size=10, reset=_as_it_is)
    runner = web.AppRunner(Bare(pool).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    gc.collect()
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as event_loop:
        event_loop.run(main(int(sys.argv[1]), sys.argv[2]))
