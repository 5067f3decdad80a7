"""Sending, editing, unsending and reacting."""

import strawberry

from app.errors import invalid
from app.store.database import Row
from resolvers import messages, sends
from resolvers.content import Content
from resolvers.sends import Outgoing
from schema.context import Info
from schema.enums import MessageKind
from schema.errors import (
    IdempotencyConflictError,
    InvalidInputError,
    KindNotAllowedError,
    NotAllowedError,
    NotFoundError,
    UploadNotReadyError,
)
from schema.ids import parse_id, parse_message_id, parse_optional_id
from schema.messages import Message
from schema.mutating import mutation


@strawberry.input(description="Words.")
class TextInput:
    text: str = strawberry.field(description="What to say; see `policy.textMaxCharacters`.")


@strawberry.input(description="A photo or an album.")
class PhotosInput:
    upload_ids: list[strawberry.ID] = strawberry.field(description="READY photo uploads of the viewer's, in order.")
    caption: str | None = strawberry.field(default=None, description="Words to go with them.")


@strawberry.input(description="A video to share, one's own or another's.")
class SharedVideoInput:
    video_id: strawberry.ID = strawberry.field(description="A video that the viewer may see.")
    caption: str | None = strawberry.field(default=None, description="Words to go with it.")


@strawberry.input(description="A profile to share.")
class SharedProfileInput:
    user_id: strawberry.ID = strawberry.field(description="A person whom the viewer may see.")
    caption: str | None = strawberry.field(default=None, description="Words to go with it.")


@strawberry.input(description="A sticker.")
class StickerInput:
    sticker_id: strawberry.ID = strawberry.field(description="One of `stickerPacks`.")


@strawberry.input(one_of=True, description="What to send: exactly one of these.")
class MessageContentInput:
    text: TextInput | None = strawberry.field(default=strawberry.UNSET, description="Words.")
    photos: PhotosInput | None = strawberry.field(default=strawberry.UNSET, description="A photo or an album.")
    video: SharedVideoInput | None = strawberry.field(default=strawberry.UNSET, description="A shared video.")
    profile: SharedProfileInput | None = strawberry.field(default=strawberry.UNSET, description="A shared profile.")
    sticker: StickerInput | None = strawberry.field(default=strawberry.UNSET, description="A sticker.")


@strawberry.input(description="A message to send: to a conversation or, for the first one, to a person.")
class SendMessageInput:
    client_key: str = strawberry.field(
        description="Chosen by the client, new for each message and the same for each retry: at most 64 characters."
    )
    content: MessageContentInput = strawberry.field(description="What to send.")
    conversation_id: strawberry.ID | None = strawberry.field(default=None, description="Where; or name `recipientId`.")
    recipient_id: strawberry.ID | None = strawberry.field(
        default=None, description="To whom: their direct conversation is made where there is none."
    )
    reply_to_id: strawberry.ID | None = strawberry.field(
        default=None, description="A message of the same conversation that this one replies to."
    )


@strawberry.input(description="A message's new text.")
class EditMessageInput:
    message_id: strawberry.ID = strawberry.field(description="A message of the viewer's.")
    text: str = strawberry.field(description="The new text, or caption of photos or a video.")


@strawberry.input(description="A message to take back.")
class UnsendMessageInput:
    message_id: strawberry.ID = strawberry.field(description="A message of the viewer's.")


@strawberry.input(description="A reaction.")
class ReactInput:
    message_id: strawberry.ID = strawberry.field(description="The message.")
    emoji: str = strawberry.field(description="One emoji; it replaces the viewer's earlier one.")


@strawberry.input(description="A reaction to take back.")
class UnreactInput:
    message_id: strawberry.ID = strawberry.field(description="The message.")


@strawberry.type(description="The message is kept and will reach everyone in the conversation.")
class SendMessageSuccess:
    message: Message = strawberry.field(description="The message.")
    was_replay: bool = strawberry.field(
        description="True when an earlier call with this clientKey had sent it: this is that message."
    )


@strawberry.type(description="The text is changed for everyone.")
class EditMessageSuccess:
    message: Message = strawberry.field(description="The message as it is now.")


@strawberry.type(description="The message is taken back for everyone; its place remains.")
class UnsendMessageSuccess:
    message: Message = strawberry.field(description="The message as it is now.")


@strawberry.type(description="The reaction is set.")
class ReactSuccess:
    message: Message = strawberry.field(description="The message with its reactions.")


@strawberry.type(description="There is no reaction of the viewer's.")
class UnreactSuccess:
    message: Message = strawberry.field(description="The message with its reactions.")


@strawberry.type
class MessageMutations:
    @mutation(
        NotFoundError,
        NotAllowedError,
        KindNotAllowedError,
        UploadNotReadyError,
        InvalidInputError,
        IdempotencyConflictError,
        description="Send a message. Retry with the same clientKey until an answer arrives: it is sent once.",
        checks_viewer=True,
    )
    async def send_message(self, info: Info, input: SendMessageInput) -> SendMessageSuccess:
        outgoing = Outgoing(
            client_key=input.client_key,
            content=_content(input.content),
            conversation_id=parse_optional_id(input.conversation_id, "Conversation", "conversationId"),
            recipient_id=parse_optional_id(input.recipient_id, "User", "recipientId"),
            reply_to=parse_message_id(input.reply_to_id, "replyToId") if input.reply_to_id is not None else None,
        )
        sent = await sends.send(info.context.services, info.context.me, outgoing)
        return SendMessageSuccess(message=_message(info, sent.row), was_replay=sent.was_replay)

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Change the text of a message of the viewer's, within `policy.editWindowSeconds`. Safe to repeat.",
    )
    async def edit_message(self, info: Info, input: EditMessageInput) -> EditMessageSuccess:
        key = parse_message_id(input.message_id, "messageId")
        row = await messages.edit(info.context.services, info.context.me, key, input.text)
        return EditMessageSuccess(message=_message(info, row))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Take a message of the viewer's back for everyone, within `policy.unsendWindowSeconds`. "
        "Safe to repeat.",
    )
    async def unsend_message(self, info: Info, input: UnsendMessageInput) -> UnsendMessageSuccess:
        key = parse_message_id(input.message_id, "messageId")
        row = await messages.unsend(info.context.services, info.context.me, key)
        return UnsendMessageSuccess(message=_message(info, row))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="React to a message with one emoji, in place of the viewer's earlier one. Safe to repeat.",
    )
    async def react(self, info: Info, input: ReactInput) -> ReactSuccess:
        key = parse_message_id(input.message_id, "messageId")
        row = await messages.react(info.context.services, info.context.me, key, input.emoji)
        return ReactSuccess(message=_message(info, row))

    @mutation(NotFoundError, NotAllowedError, InvalidInputError, description="Take a reaction back. Safe to repeat.")
    async def unreact(self, info: Info, input: UnreactInput) -> UnreactSuccess:
        key = parse_message_id(input.message_id, "messageId")
        row = await messages.react(info.context.services, info.context.me, key, None)
        return UnreactSuccess(message=_message(info, row))


def _message(info: Info, row: Row) -> Message:
    return Message.from_row(row, info.context.me.user_id)


def _content(given: MessageContentInput) -> Content:
    if given.text:
        return Content(MessageKind.TEXT, given.text.text)
    if given.photos:
        uploads = [parse_id(upload, "Upload", "content.photos.uploadIds") for upload in given.photos.upload_ids]
        return Content(MessageKind.PHOTOS, given.photos.caption, uploads)
    if given.video:
        video_id = parse_id(given.video.video_id, "Video", "content.video.videoId")
        return Content(MessageKind.VIDEO, given.video.caption, [video_id])
    if given.profile:
        user_id = parse_id(given.profile.user_id, "User", "content.profile.userId")
        return Content(MessageKind.PROFILE, given.profile.caption, [user_id])
    if given.sticker:
        sticker_id = parse_id(given.sticker.sticker_id, "Sticker", "content.sticker.stickerId")
        return Content(MessageKind.STICKER, None, [sticker_id])
    raise invalid("content", "Name what to send.")
