"""Profile, settings, follows, blocks and reports."""

import strawberry

from app.errors import invalid
from resolvers import people, reports
from schema.context import Info
from schema.enums import MessagePolicy, ReportCategory
from schema.errors import InvalidInputError, NotAllowedError, NotFoundError, UploadNotReadyError
from schema.ids import parse_id, parse_message_id, parse_optional_id, to_id
from schema.mutating import mutation
from schema.people import User, make_user
from schema.viewer import Settings


@strawberry.input(description="What to change of the viewer's profile; what is left out stays.")
class UpdateProfileInput:
    display_name: str | None = strawberry.field(default=None, description="The name to show, 1 to 50 characters.")
    bio: str | None = strawberry.field(default=None, description="At most 500 characters; empty removes it.")
    avatar_upload_id: strawberry.ID | None = strawberry.field(
        default=None, description="A READY photo upload of the viewer's."
    )


@strawberry.input(description="What to change of the viewer's settings; what is left out stays.")
class UpdateSettingsInput:
    message_policy: MessagePolicy | None = strawberry.field(
        default=None, description="Who may message the viewer one to one."
    )
    notifications_silenced: bool | None = strawberry.field(
        default=None, description="Whether all notifications of direct messages are off."
    )
    shows_presence: bool | None = strawberry.field(
        default=None, description="Whether friends see when the viewer is online."
    )


@strawberry.input(description="A person to follow.")
class FollowUserInput:
    user_id: strawberry.ID = strawberry.field(description="The person.")


@strawberry.input(description="A person to follow no more.")
class UnfollowUserInput:
    user_id: strawberry.ID = strawberry.field(description="The person.")


@strawberry.input(description="A person to block.")
class BlockUserInput:
    user_id: strawberry.ID = strawberry.field(description="The person.")


@strawberry.input(description="A person to block no more.")
class UnblockUserInput:
    user_id: strawberry.ID = strawberry.field(description="The person.")


@strawberry.input(one_of=True, description="What to report: exactly one of these.")
class ReportSubjectInput:
    message_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="A message.")
    user_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="A person.")
    video_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="A video.")


@strawberry.input(description="A report to the staff of this installation.")
class ReportInput:
    subject: ReportSubjectInput = strawberry.field(description="What to report.")
    category: ReportCategory = strawberry.field(description="What is wrong with it.")
    note: str = strawberry.field(default="", description="More about it, at most 2000 characters.")


@strawberry.type(description="The profile is changed.")
class UpdateProfileSuccess:
    user: User = strawberry.field(description="The viewer's profile as it is now.")


@strawberry.type(description="The settings are changed and govern everything from now on.")
class UpdateSettingsSuccess:
    settings: Settings = strawberry.field(description="The settings as they are now.")


@strawberry.type(description="The viewer follows the person.")
class FollowUserSuccess:
    user: User = strawberry.field(description="The person.")


@strawberry.type(description="The viewer does not follow the person.")
class UnfollowUserSuccess:
    user: User = strawberry.field(description="The person.")


@strawberry.type(description="The person is blocked and is not told. Follows have ended both ways.")
class BlockUserSuccess:
    user_id: strawberry.ID = strawberry.field(description="The person's id; their profile is hidden now.")


@strawberry.type(description="The person is not blocked by the viewer. Follows do not come back.")
class UnblockUserSuccess:
    user_id: strawberry.ID = strawberry.field(description="The person's id.")


@strawberry.type(description="The report has been kept for the staff, with what was there to see.")
class ReportSuccess:
    report_id: strawberry.ID = strawberry.field(description="A reference to name to the staff.")


@strawberry.type
class PeopleMutations:
    @mutation(
        InvalidInputError,
        NotFoundError,
        UploadNotReadyError,
        description="Change the viewer's profile. Safe to repeat.",
    )
    async def update_profile(self, info: Info, input: UpdateProfileInput) -> UpdateProfileSuccess:
        row = await people.update_profile(
            info.context.services,
            info.context.me,
            display_name=input.display_name,
            bio=input.bio,
            avatar_upload_id=parse_optional_id(input.avatar_upload_id, "Upload", "avatarUploadId"),
        )
        return UpdateProfileSuccess(user=make_user(row))

    @mutation(InvalidInputError, description="Change the viewer's settings. Safe to repeat.")
    async def update_settings(self, info: Info, input: UpdateSettingsInput) -> UpdateSettingsSuccess:
        row = await people.update_settings(
            info.context.services,
            info.context.me,
            message_policy=input.message_policy,
            notifications_silenced=input.notifications_silenced,
            shows_presence=input.shows_presence,
        )
        return UpdateSettingsSuccess(settings=Settings.from_row(row))

    @mutation(NotFoundError, NotAllowedError, InvalidInputError, description="Follow a person. Safe to repeat.")
    async def follow_user(self, info: Info, input: FollowUserInput) -> FollowUserSuccess:
        user_id = parse_id(input.user_id, "User", "userId")
        row = await people.follow(info.context.services, info.context.me, user_id, on=True)
        return FollowUserSuccess(user=make_user(row))

    @mutation(NotFoundError, NotAllowedError, InvalidInputError, description="Stop following. Safe to repeat.")
    async def unfollow_user(self, info: Info, input: UnfollowUserInput) -> UnfollowUserSuccess:
        user_id = parse_id(input.user_id, "User", "userId")
        row = await people.follow(info.context.services, info.context.me, user_id, on=False)
        return UnfollowUserSuccess(user=make_user(row))

    @mutation(
        NotFoundError,
        NotAllowedError,
        InvalidInputError,
        description="Block a person, silently: no message, profile or event passes either way. Safe to repeat.",
    )
    async def block_user(self, info: Info, input: BlockUserInput) -> BlockUserSuccess:
        user_id = parse_id(input.user_id, "User", "userId")
        await people.block(info.context.services, info.context.me, user_id)
        return BlockUserSuccess(user_id=to_id("User", user_id))

    @mutation(InvalidInputError, description="End a block. Safe to repeat.")
    async def unblock_user(self, info: Info, input: UnblockUserInput) -> UnblockUserSuccess:
        user_id = parse_id(input.user_id, "User", "userId")
        await people.unblock(info.context.services, info.context.me, user_id)
        return UnblockUserSuccess(user_id=to_id("User", user_id))

    @mutation(NotFoundError, InvalidInputError, description="Report to the staff. Each call makes a report of its own.")
    async def report(self, info: Info, input: ReportInput) -> ReportSuccess:
        subject = _subject(input.subject)
        report_id = await reports.report(info.context.services, info.context.me, subject, input.category, input.note)
        return ReportSuccess(report_id=to_id("Report", report_id))


def _subject(given: ReportSubjectInput) -> reports.Subject:
    if given.message_id:
        return reports.Subject(message=parse_message_id(given.message_id, "subject.messageId"))
    if given.user_id:
        return reports.Subject(user_id=parse_id(given.user_id, "User", "subject.userId"))
    if given.video_id:
        return reports.Subject(video_id=parse_id(given.video_id, "Video", "subject.videoId"))
    raise invalid("subject", "Name what to report.")
