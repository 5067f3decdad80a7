"""The root subscription fields: each returns a feed of the live hub."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.errors import invalid
from app.live.aspects import SELF
from app.live.conversation_feed import ConversationFeed
from app.live.inbox_feed import InboxFeed
from schema.context import Info
from schema.events import InboxEvent, inbox_event
from schema.ids import parse_id
from schema.loading import depends_on
from schema.messages import Message
from schema.scalars import Cursor


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="The new messages of one conversation, each once and in order. Ends with the code NOT_FOUND when "
        "the viewer loses access, and with SNAPSHOT_REQUIRED when `afterSeq` is too far behind. Edits, unsends and "
        "reactions are told on `inbox`.",
        metadata=depends_on(SELF),
    )
    async def message_added(
        self,
        info: Info,
        conversation_id: Annotated[strawberry.ID, strawberry.argument(description="A conversation of the viewer's.")],
        after_seq: Annotated[
            int | None,
            strawberry.argument(
                description="The `seq` of the last message that the client has: what came since is sent first. "
                "Without it, only what comes from now on."
            ),
        ] = None,
    ) -> AsyncGenerator[Message, None]:
        viewer = info.context.me
        if after_seq is not None and after_seq < 0:
            raise invalid("afterSeq", "Use 0 or more.")
        key = parse_id(conversation_id, "Conversation", "conversationId")
        return ConversationFeed(info.context.services.hub, viewer, key, after_seq, Message.from_row)

    @strawberry.subscription(
        description="Everything that happens in the viewer's conversations, in one stream that can be resumed without "
        "a gap or a repetition. Begins with a Heartbeat. Where `after` is too old, or not of this stream, the only "
        "event is SnapshotRequired, which says from where to go on and completes it.",
        metadata=depends_on(SELF),
    )
    async def inbox(
        self,
        info: Info,
        after: Annotated[
            Cursor | None,
            strawberry.argument(description="Resume behind this cursor; without it, from now on."),
        ] = None,
    ) -> AsyncGenerator[InboxEvent, None]:
        viewer = info.context.me
        return InboxFeed(info.context.services.hub, viewer, after, inbox_event)
