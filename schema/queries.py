"""The root query fields."""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from typing import Annotated, Any, NamedTuple

import strawberry

from app.errors import invalid
from app.execution.batching import Batch
from app.live.aspects import SELF
from app.store import media, users
from resolvers import people
from schema.context import Info, Operation
from schema.conversations import load_conversations
from schema.ids import parse_message_key, parse_uuid, type_and_key
from schema.loading import depends_on
from schema.messages import MessageKey, load_messages
from schema.node import Node
from schema.paging import (
    PAGE_MAX,
    After,
    Connection,
    First,
    Page,
    connection,
    number_cursor,
    page_size,
    parse_number_cursor,
    parse_text_cursor,
    text_cursor,
)
from schema.people import User, load_people, make_user
from schema.policy import Policy
from schema.stickers import StickerPack, load_sticker_packs, load_stickers
from schema.uploads import load_uploads
from schema.videos import load_videos
from schema.viewer import Viewer, load_viewer


def _message_key(text: str) -> MessageKey | None:
    key = parse_message_key(text)
    return MessageKey(*key) if key else None


class NodeType(NamedTuple):
    """How objects of a type are found by id; `signed_in` ones are nobody's but the viewer's.

    Those of a batch that `gathers` share a statement with whoever asks at the same time, without being put together.
    """

    batch: Batch
    parse: Callable[[str], Hashable | None]
    signed_in: bool
    gathers: bool = False


NODE_TYPES: Mapping[str, NodeType] = {
    "User": NodeType(load_people, parse_uuid, signed_in=False, gathers=True),
    "Video": NodeType(load_videos, parse_uuid, signed_in=False),
    "Sticker": NodeType(load_stickers, parse_uuid, signed_in=False),
    "StickerPack": NodeType(load_sticker_packs, parse_uuid, signed_in=False),
    "Conversation": NodeType(load_conversations, parse_uuid, signed_in=True, gathers=True),
    "Message": NodeType(load_messages, _message_key, signed_in=True),
    "Upload": NodeType(load_uploads, parse_uuid, signed_in=True),
}


async def load_node(operation: Operation, global_id: str) -> Any:
    """The object with this id; None where there is none for the viewer."""
    type_name, text = type_and_key(global_id) or ("", "")
    node_type = NODE_TYPES.get(type_name)
    key = node_type.parse(text) if node_type else None
    if node_type is None or key is None or (node_type.signed_in and operation.viewer is None):
        return None
    if node_type.gathers:
        return (await node_type.batch(operation, [key]))[0]
    return await operation.load(node_type.batch, key)


@strawberry.type
class Query:
    @strawberry.field(description="The one who is signed in; null when nobody is.", metadata=depends_on(SELF))
    async def viewer(self, info: Info) -> Viewer | None:
        return await load_viewer(info.context)

    @strawberry.field(
        description="Any object by its id; null when there is none, or none for the viewer.", metadata=depends_on(SELF)
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The `id` of an object.")]
    ) -> Node | None:
        return await load_node(info.context, id)  # type: ignore[no-any-return]

    @strawberry.field(description="Several objects by their ids, in the same order.", metadata=depends_on(SELF))
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {PAGE_MAX} ids.")],
    ) -> list[Node | None]:
        if len(ids) > PAGE_MAX:
            raise invalid("ids", f"Ask for at most {PAGE_MAX}.")
        return list(await asyncio.gather(*(load_node(info.context, global_id) for global_id in ids)))

    @strawberry.field(
        description="A person by handle, in any case; null when there is none, or none for the viewer.",
        metadata=depends_on(SELF),
    )
    async def user(
        self, info: Info, handle: Annotated[str, strawberry.argument(description="The handle, with or without @.")]
    ) -> User | None:
        row = await people.by_handle(info.context.database, info.context.viewer_id, handle)
        return make_user(row) if row else None

    @strawberry.field(
        description="People whose handle, or a word of whose name, begins with the text; by handle.",
        metadata=depends_on(SELF),
    )
    async def search_users(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="The beginning of a handle or name, in any case.")],
        first: First = 20,
        after: After = None,
    ) -> Connection[User]:
        prefix = people.searchable(text)
        page = Page(page_size(first), parse_text_cursor(after) if after is not None else None)
        rows = await users.search(info.context.database, info.context.viewer_id, prefix, page.place or "", page.limit)
        return connection(rows, page, lambda row: text_cursor(row["handle"]), make_user)

    @strawberry.field(description="The sticker packs of this installation.")
    async def sticker_packs(self, info: Info, first: First = 20, after: After = None) -> Connection[StickerPack]:
        page = Page(page_size(first), parse_number_cursor(after))
        rows = await media.sticker_packs(info.context.database, page.place or 0, page.limit)
        return connection(rows, page, lambda row: number_cursor(row["position"]), StickerPack.from_row)

    @strawberry.field(description="The limits and rules of this installation.")
    def policy(self, info: Info) -> Policy:
        return Policy.of(info.context.services.settings)
