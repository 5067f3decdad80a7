"""Conversations, groups, read marks and mute."""

from datetime import datetime

import strawberry

from resolvers import conversations, groups
from schema.context import Info
from schema.conversations import Conversation
from schema.enums import Role
from schema.errors import InvalidInputError, NotAllowedError, NotFoundError, UploadNotReadyError
from schema.ids import parse_id, parse_optional_id, to_id
from schema.mutating import mutation


@strawberry.input(description="With whom.")
class StartConversationInput:
    user_id: strawberry.ID = strawberry.field(description="The other person.")


@strawberry.input(description="A new group.")
class CreateGroupInput:
    title: str = strawberry.field(description="1 to 100 characters.")
    member_ids: list[strawberry.ID] = strawberry.field(description="Friends of the viewer's to begin with.")


@strawberry.input(description="People to add.")
class AddMembersInput:
    conversation_id: strawberry.ID = strawberry.field(description="The group.")
    user_ids: list[strawberry.ID] = strawberry.field(description="Friends of the viewer's.")


@strawberry.input(description="A member to remove.")
class RemoveMemberInput:
    conversation_id: strawberry.ID = strawberry.field(description="The group.")
    user_id: strawberry.ID = strawberry.field(description="The member.")


@strawberry.input(description="A group to leave.")
class LeaveGroupInput:
    conversation_id: strawberry.ID = strawberry.field(description="The group.")


@strawberry.input(description="A member's new role.")
class SetMemberRoleInput:
    conversation_id: strawberry.ID = strawberry.field(description="The group.")
    user_id: strawberry.ID = strawberry.field(description="The member.")
    role: Role = strawberry.field(description="What they may do from now on.")


@strawberry.input(description="What to change of a group; what is left out stays.")
class UpdateGroupInput:
    conversation_id: strawberry.ID = strawberry.field(description="The group.")
    title: str | None = strawberry.field(default=None, description="1 to 100 characters.")
    avatar_upload_id: strawberry.ID | None = strawberry.field(
        default=None, description="A READY photo upload of the viewer's."
    )


@strawberry.input(description="How far the viewer has read.")
class MarkReadInput:
    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")
    up_to_seq: int | None = strawberry.field(
        default=None, description="The `seq` of the last message that was read; without it, the latest."
    )


@strawberry.input(description="What to mute.")
class MuteConversationInput:
    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")
    until: datetime | None = strawberry.field(default=None, description="Until when; null unmutes.")


@strawberry.input(description="Whether the viewer is typing.")
class SetTypingInput:
    conversation_id: strawberry.ID = strawberry.field(description="Where.")
    is_typing: bool = strawberry.field(
        default=True, description="Say so again every few seconds; without that it ends after 6."
    )


@strawberry.type(description="The pair's conversation, which may have been there before.")
class StartConversationSuccess:
    conversation: Conversation = strawberry.field(description="The conversation.")


@strawberry.type(description="The group is made; the viewer is its owner.")
class CreateGroupSuccess:
    conversation: Conversation = strawberry.field(description="The group.")


@strawberry.type(description="All of them are members.")
class AddMembersSuccess:
    conversation: Conversation = strawberry.field(description="The group.")


@strawberry.type(description="The member is removed and hears nothing more.")
class RemoveMemberSuccess:
    conversation: Conversation = strawberry.field(description="The group.")


@strawberry.type(description="The viewer has left and hears nothing more.")
class LeaveGroupSuccess:
    conversation_id: strawberry.ID = strawberry.field(description="The group that was left.")


@strawberry.type(description="The member has the role.")
class SetMemberRoleSuccess:
    conversation: Conversation = strawberry.field(description="The group.")


@strawberry.type(description="The group is changed.")
class UpdateGroupSuccess:
    conversation: Conversation = strawberry.field(description="The group as it is now.")


@strawberry.type(description="The read mark stands there, or where it stood if that is further.")
class MarkReadSuccess:
    conversation: Conversation = strawberry.field(description="The conversation, with what is unread now.")


@strawberry.type(description="Muted or unmuted.")
class MuteConversationSuccess:
    conversation: Conversation = strawberry.field(description="The conversation.")


@strawberry.type(description="Whoever listens has been told.")
class SetTypingSuccess:
    is_typing: bool = strawberry.field(description="What they were told.")


@strawberry.type
class ConversationMutations:
    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Find or make the direct conversation with a person. Safe to repeat: a pair has one.",
    )
    async def start_conversation(self, info: Info, input: StartConversationInput) -> StartConversationSuccess:
        user_id = parse_id(input.user_id, "User", "userId")
        row = await conversations.start(info.context.services, info.context.me, user_id)
        return StartConversationSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Make a group with friends. Each call makes one more.",
    )
    async def create_group(self, info: Info, input: CreateGroupInput) -> CreateGroupSuccess:
        people = [parse_id(person, "User", "memberIds") for person in input.member_ids]
        row = await groups.create(info.context.services, info.context.me, title=input.title, member_ids=people)
        return CreateGroupSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Add friends to a group, as owner or admin. Safe to repeat: members stay as they are.",
    )
    async def add_members(self, info: Info, input: AddMembersInput) -> AddMembersSuccess:
        group_id = parse_id(input.conversation_id, "Conversation", "conversationId")
        people = [parse_id(person, "User", "userIds") for person in input.user_ids]
        row = await groups.add(info.context.services, info.context.me, group_id, people)
        return AddMembersSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Remove a member, as owner (anyone) or admin (members). Repeating says NotFoundError.",
    )
    async def remove_member(self, info: Info, input: RemoveMemberInput) -> RemoveMemberSuccess:
        group_id = parse_id(input.conversation_id, "Conversation", "conversationId")
        user_id = parse_id(input.user_id, "User", "userId")
        row = await groups.remove(info.context.services, info.context.me, group_id, user_id)
        return RemoveMemberSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Leave a group. Where its only owner goes, who joined first of the admins, else of the members, "
        "becomes owner. Repeating says NotFoundError.",
    )
    async def leave_group(self, info: Info, input: LeaveGroupInput) -> LeaveGroupSuccess:
        group_id = parse_id(input.conversation_id, "Conversation", "conversationId")
        await groups.leave(info.context.services, info.context.me, group_id)
        return LeaveGroupSuccess(conversation_id=to_id("Conversation", group_id))

    @mutation(NotFoundError, NotAllowedError, InvalidInputError, description="Set a role, as an owner. Safe to repeat.")
    async def set_member_role(self, info: Info, input: SetMemberRoleInput) -> SetMemberRoleSuccess:
        group_id = parse_id(input.conversation_id, "Conversation", "conversationId")
        user_id = parse_id(input.user_id, "User", "userId")
        row = await groups.set_role(info.context.services, info.context.me, group_id, user_id, input.role)
        return SetMemberRoleSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        UploadNotReadyError,
        description="Rename a group or change its picture, as owner or admin. Safe to repeat.",
    )
    async def update_group(self, info: Info, input: UpdateGroupInput) -> UpdateGroupSuccess:
        row = await groups.update(
            info.context.services,
            info.context.me,
            parse_id(input.conversation_id, "Conversation", "conversationId"),
            title=input.title,
            avatar_upload_id=parse_optional_id(input.avatar_upload_id, "Upload", "avatarUploadId"),
        )
        return UpdateGroupSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(NotFoundError, InvalidInputError, description="Move the viewer's read mark forward. Safe to repeat.")
    async def mark_read(self, info: Info, input: MarkReadInput) -> MarkReadSuccess:
        conversation_id = parse_id(input.conversation_id, "Conversation", "conversationId")
        row = await conversations.mark_read(info.context.services, info.context.me, conversation_id, input.up_to_seq)
        return MarkReadSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(
        NotFoundError, InvalidInputError, description="Mute a conversation for a time, or unmute it. Safe to repeat."
    )
    async def mute_conversation(self, info: Info, input: MuteConversationInput) -> MuteConversationSuccess:
        conversation_id = parse_id(input.conversation_id, "Conversation", "conversationId")
        row = await conversations.mute(info.context.services, info.context.me, conversation_id, input.until)
        return MuteConversationSuccess(conversation=Conversation.from_row(row, info.context.me.user_id))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Tell the other members that the viewer types, or no longer: `TypingChanged` on their `inbox`. "
        "Safe to repeat; said too often it is passed over.",
    )
    async def set_typing(self, info: Info, input: SetTypingInput) -> SetTypingSuccess:
        conversation_id = parse_id(input.conversation_id, "Conversation", "conversationId")
        services, viewer = info.context.services, info.context.me
        await conversations.set_typing(services, viewer, conversation_id, is_typing=input.is_typing)
        return SetTypingSuccess(is_typing=input.is_typing)
