"""Relay connections with keyset cursors: what is added or removed meanwhile shifts no page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import strawberry

from app.errors import invalid
from app.execution.making import maker
from app.execution.plain_fields import Expression
from app.store.database import Row
from app.store.moments import from_moment, to_moment
from schema.ids import parse_uuid
from schema.loading import computed

PAGE_MAX = 100

First = Annotated[int, strawberry.argument(description=f"How many, from 1 to {PAGE_MAX}.")]
After = Annotated[str | None, strawberry.argument(description="The `cursor` of an edge: continue behind it.")]

T = TypeVar("T")
N = TypeVar("N")
P = TypeVar("P")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    edges: strawberry.Private[Sequence[Any]]
    place: strawberry.Private[Callable[[Any], str]]
    has_next_page: bool = strawberry.field(description="Whether there is more behind this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before this page.")
    start_cursor: str | None = computed(
        lambda info: info.place(info.edges[0]) if info.edges else None,
        description="Cursor of the first edge, null when the page is empty.",
    )
    end_cursor: str | None = computed(
        lambda info: info.place(info.edges[-1]) if info.edges else None,
        description="Cursor of the last edge, null when the page is empty: pass it as `after` for the next page.",
    )


@strawberry.type(description="One item of a list, with its place.")
class Edge(Generic[N]):
    row: strawberry.Private[Any]
    place: strawberry.Private[Callable[[Any], str]]

    cursor: str = computed(
        lambda edge: edge.place(edge.row), description="The place of this item, for `after` and `before`."
    )
    node: N = strawberry.field(description="The item.")


make_edge: Callable[[Any, Callable[[Any], str], N], Edge[N]] = maker(Edge, "row", "place", "node")


def cursor_of(edge: Edge[Any]) -> str:
    """The place of an item, for Python."""
    return edge.place(edge.row)


@strawberry.type(description="A page of a list.")
class Connection(Generic[N]):
    edges: list[Edge[N]] = strawberry.field(description="The items of this page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


def page_size(first: int, path: str = "first") -> int:
    """Check the length of a page.

    Raises:
        InvalidInputError: not from 1 to `PAGE_MAX`.
    """
    if not 1 <= first <= PAGE_MAX:
        raise invalid(path, f"Ask for 1 to {PAGE_MAX}.")
    return first


class Page(NamedTuple, Generic[P]):
    """A forward page: so many rows behind a place; None is the beginning."""

    size: int
    place: P | None

    @property
    def limit(self) -> int:
        """How many rows to ask for: one more than are shown, which tells whether there is a next page."""
        return self.size + 1


TimePage = Page[tuple[datetime, UUID]]


def time_page(first: First = 20, after: After = None) -> tuple[TimePage]:
    """The page that the arguments of a list ordered by time ask for."""
    return (Page(page_size(first), parse_time_cursor(after)),)


def forward(rows: Sequence[Row], page: Page[Any], edge: Callable[[Row], T]) -> tuple[list[T], PageInfo]:
    """Edges and page info of a forward page, from up to `page.limit` rows; the edges know their places."""
    edges = [edge(row) for row in rows[: page.size]]
    return edges, info_of(edges, cursor_of, has_next=len(rows) > page.size, has_previous=page.place is not None)


def info_of(edges: Sequence[Any], place: Callable[[Any], str], *, has_next: bool, has_previous: bool) -> PageInfo:
    """The page info of edges whose places this function tells."""
    return _make_info(edges, place, has_next, has_previous)


_make_info = maker(PageInfo, "edges", "place", "has_next_page", "has_previous_page")


def connection(
    rows: Sequence[Row], page: Page[Any], cursor: Callable[[Row], str], node: Callable[[Row], N]
) -> Connection[N]:
    """A forward page without anything on its edges, from up to `page.limit` rows."""
    edges, info = forward(rows, page, lambda row: make_edge(row, cursor, node(row)))
    return Connection(edges=edges, page_info=info)


def time_cursor(at: datetime, key: UUID) -> str:
    """The cursor of a list that is ordered by time, then id; exact to PostgreSQL's microsecond."""
    cursor: str = microsecond_cursor(from_moment(at), key)
    return cursor


microsecond_cursor = Expression("format({at}, 'x') + '.' + {key}.hex", "at", "key")
"""The same by microseconds since 1970."""


def parse_time_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The place that `time_cursor` named; None for the beginning.

    Raises:
        InvalidInputError: it is no such cursor.
    """
    if cursor is None:
        return None
    at, _, key = cursor.partition(".")
    key_id = parse_uuid(key)
    try:
        place = to_moment(int(at, 16))
    except (ValueError, OverflowError):
        place = None
    if place is None or key_id is None or time_cursor(place, key_id) != cursor:
        raise invalid("after", "This is not a cursor of this list.")
    return place, key_id


@lru_cache(maxsize=65_536)
def number_cursor(number: int) -> str:
    """The cursor of a list that is ordered by a number; the same few thousand come up in every conversation."""
    return text_cursor(str(number))


def parse_number_cursor(cursor: str | None, path: str = "after") -> int | None:
    """The place that `number_cursor` named; None for the end of the list.

    Raises:
        InvalidInputError: it is no such cursor.
    """
    if cursor is None:
        return None
    text = parse_text_cursor(cursor, path)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004 - fits a bigint
        raise invalid(path, "This is not a cursor of this list.")
    return int(text)


def text_cursor(text: str) -> str:
    """The cursor of a list that is ordered by a text; opaque, so that nobody builds on its form."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_text_cursor(cursor: str, path: str = "after") -> str:
    """The text that `text_cursor` named.

    Raises:
        InvalidInputError: it is no such cursor.
    """
    try:
        text = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = "\0"
    if "\0" in text or text_cursor(text) != cursor:
        raise invalid(path, "This is not a cursor of this list.")
    return text
