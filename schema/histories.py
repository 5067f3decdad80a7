"""Pages of a conversation's messages."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import strawberry

from app.errors import invalid
from app.store import messages
from app.store.columns import NOTHING, Spared
from app.store.database import Row
from schema.context import Operation
from schema.ids import message_id_head
from schema.loading import column, itself, listed
from schema.messages import MESSAGES, Message, View
from schema.paging import After, PageInfo, info_of, number_cursor, page_size, parse_number_cursor


@strawberry.type(description="One item of a list, with its place.")
class MessageEdge:
    """A message stands for its own edge: to make an object of each takes as long as to make the message."""

    cursor: str = column(
        messages.SEQ,
        compute=number_cursor,
        serialised=True,
        description="The place of this item, for `after` and `before`.",
    )
    node: Message = itself(description="The item.")


@strawberry.type(description="A page of a list.")
class MessageConnection:
    rows: strawberry.Private[Sequence[Row]]
    view: strawberry.Private[View]

    edges: list[MessageEdge] = listed(MESSAGES, "rows", description="The items of this page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


HISTORY_PAGE = 50


class History(NamedTuple):
    """A page of a conversation, in ascending order: the last `size` messages of a span, or its first."""

    size: int
    after: int | None
    before: int | None
    backwards: bool

    @property
    def bounded(self) -> bool:
        """Whether the page starts at a cursor."""
        return (self.before if self.backwards else self.after) is not None


def history_page(
    first: Annotated[int | None, strawberry.argument(description="How many, forward from `after`.")] = None,
    after: After = None,
    last: Annotated[int | None, strawberry.argument(description="How many, back from `before`.")] = None,
    before: Annotated[str | None, strawberry.argument(description="A `cursor`: the page ends before it.")] = None,
) -> tuple[History]:
    """The page that the arguments ask for."""
    if first is not None and last is not None:
        raise invalid("first", "Use either first or last.")
    size = page_size(HISTORY_PAGE if last is None else last, "last") if first is None else page_size(first, "first")
    bounds = (parse_number_cursor(after), parse_number_cursor(before, "before"))
    return (History(size, *bounds, backwards=first is None),)


async def load_histories(
    operation: Operation, ids: Sequence[UUID], page: History, spared: Spared = NOTHING
) -> list[MessageConnection]:
    """A page of the messages of each conversation."""
    viewer_id = operation.me.user_id
    span = messages.Span(page.size + 1, page.after, page.before, page.backwards)
    lists = await messages.pages(operation.database, viewer_id, ids, span, spared)
    views = (View(viewer_id, message_id_head(conversation_id)) for conversation_id in ids)
    return [_connection(rows, page, view) for rows, view in zip(lists, views, strict=True)]


def _place(row: Any) -> str:
    return number_cursor(row[messages.SEQ])


def _connection(rows: Sequence[Row], page: History, view: View) -> MessageConnection:
    """A page from up to `page.size + 1` rows in ascending order."""
    more = len(rows) > page.size
    shown = (rows[1:] if page.backwards else rows[: page.size]) if more else rows
    has_next, has_previous = (page.bounded, more) if page.backwards else (more, page.bounded)
    page_info = info_of(shown, _place, has_next=has_next, has_previous=has_previous)
    return MessageConnection(rows=shown, view=view, page_info=page_info)
