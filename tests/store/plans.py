"""What PostgreSQL does for a statement: which tables it scans whole, and how many rows and pages it reads."""

from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.store.database import Reader, Row
from app.store.reads import Key, arguments

Plan = dict[str, Any]


@dataclass
class Recorder:
    """Takes statements instead of running them."""

    statements: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)

    async def rows(self, sql: str, *args: object) -> list[Row]:
        self.statements.append((sql, args))
        return []

    async def of_each(self, sql: str, keys: Sequence[Key], args: tuple[Hashable, ...], _size: int) -> list[list[Row]]:
        self.statements.append((sql, arguments(keys, args)))
        return [[] for _ in keys]

    async def row(self, sql: str, *args: object) -> Row | None:
        self.statements.append((sql, args))
        return {"count": 0}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a plan read when it was executed: tables without an index, rows of tables, and pages; and rows it sorted."""

    whole_tables: set[str]
    rows: int
    pages: int
    sorted_rows: int


async def reading_of(connection: asyncpg.Connection, read: Callable[[Reader], Awaitable[object]]) -> Reading:
    """Execute the statement of a function of `app/store`, by the plan that serves any arguments.

    Of one that has two forms, the one that reads more.
    """
    recorder = Recorder()
    await read(recorder)
    readings = [await _reading(connection, *statement) for statement in recorder.statements]
    return max(readings, key=lambda reading: reading.rows)


async def _reading(connection: asyncpg.Connection, sql: str, args: tuple[object, ...]) -> Reading:
    await connection.execute(f"PREPARE asked AS {sql}")
    literals = ", ".join(map(literal, args))
    answer = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked ({literals})")
    await connection.execute("DEALLOCATE asked")
    plan = orjson.loads(answer)[0]["Plan"]
    scans = [node for node in nodes_of(plan) if "Relation Name" in node and node["Actual Loops"]]
    whole = {node["Relation Name"] for node in scans if node["Node Type"] == "Seq Scan"}
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    sorts = (node["Actual Rows"] * node["Actual Loops"] for node in nodes_of(plan) if "Sort Key" in node)
    return Reading(whole, round(sum(map(_rows_read, scans))), pages, round(sum(sorts)))


def nodes_of(plan: Plan) -> Iterator[Plan]:
    """A plan's node and all below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes_of(child)


def _rows_read(node: Plan) -> float:
    dropped = sum(node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return float((node["Actual Rows"] + dropped) * node["Actual Loops"])


def literal(value: object) -> str:
    """A value as SQL text."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (str, UUID, datetime)):
        return f"'{value}'"
    assert isinstance(value, Sequence)
    return f"'{{{','.join(str(each) for each in value)}}}'"
