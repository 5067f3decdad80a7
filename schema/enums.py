"""The rules' enums as the client reads them, each value with a description."""

from enum import Enum

import strawberry

from app.errors import ErrorCode
from app.media.processed import PhotoVariant
from app.media.rejections import RejectionCode as UploadRejection
from resolvers.groups import NoticeKind, Role
from resolvers.policy import MessageKind, MessagePolicy
from resolvers.reports import ReportCategory
from resolvers.uploads import UploadPurpose, UploadState
from resolvers.videos import VideoVisibility


def describe(enum: type[Enum], description: str, *, name: str | None = None, **members: str) -> None:
    """Make an enum part of the schema; `members` describes each of its values."""
    exported = strawberry.enum(enum, name=name, description=description)
    for value in exported.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = members[value.name]


describe(
    ErrorCode,
    "What went wrong, for programs: branch on this, never on `reason`.",
    NOT_FOUND="There is no such thing, or none for the viewer.",
    INVALID_INPUT="The input breaks a rule, whoever sends it.",
    HANDLE_TAKEN="Somebody has this handle, or one that looks the same.",
    WRONG_CREDENTIALS="Handle and password don't match.",
    SESSION_ENDED="The session has ended: sign in again.",
    RECIPIENT_UNAVAILABLE="The other person can't be messaged by the viewer; why is theirs to know.",
    MESSAGES_OFF="The viewer has turned direct messages off.",
    UNDER_AGE="The viewer is too young for direct messages here.",
    NOT_A_FRIEND="Only friends (both follow) can be added to a group.",
    ROLE_REQUIRED="The viewer's role in the group does not allow it.",
    NOT_THE_SENDER="Only the sender can do this.",
    NOT_THE_AUTHOR="Only the author can do this.",
    WRONG_MESSAGE_KIND="Not possible with this kind of message.",
    TOO_LATE="The time for it has passed.",
    GROUP_FULL="The group would have too many members.",
    SELF="Not possible with oneself.",
    WRONG_CONVERSATION_KIND="Not possible in this kind of conversation.",
    KIND_NOT_ALLOWED="This installation does not allow this kind of message.",
    IDEMPOTENCY_CONFLICT="The clientKey was used before, for other content.",
    UPLOAD_NOT_READY="An upload is not READY.",
    TRY_AGAIN="The server is too busy, or the media store is out of reach: try again in a moment.",
    UNAUTHENTICATED="Nobody is signed in, or the session has ended.",
    SNAPSHOT_REQUIRED="Too far behind to continue: load the state afresh, then subscribe.",
)
describe(
    MessageKind,
    "What a person can send.",
    TEXT="Words.",
    PHOTOS="One photo or an album, with or without a caption.",
    VIDEO="A shared video.",
    PROFILE="A person's profile.",
    STICKER="A sticker.",
)
describe(
    MessagePolicy,
    "Whom a person lets message them one to one.",
    EVERYONE="Everyone.",
    FRIENDS="People who follow them and whom they follow.",
    OFF="Nobody, and they can't message either.",
)
describe(
    Role,
    "What a member of a group may do.",
    OWNER="Everything: name roles, add and remove anyone, rename.",
    ADMIN="Add people, remove members, rename.",
    MEMBER="Write.",
)
describe(
    NoticeKind,
    "What a notice tells.",
    CREATED="`actor` made the group, with `people` in it.",
    JOINED="`actor` added `people`.",
    LEFT="`actor` left.",
    REMOVED="`actor` removed `people`.",
    RENAMED="`actor` renamed the group to `title`.",
)
describe(
    PhotoVariant,
    "The sizes that a photo comes in; none is larger than what was uploaded.",
    THUMBNAIL="At most 320 pixels on the longer side: for lists and grids.",
    CHAT="At most 1280 pixels: for the conversation.",
    FULL="At most 2560 pixels: for the whole screen.",
)
describe(
    VideoVisibility,
    "Who may see a video.",
    PUBLIC="Everyone.",
    FRIENDS="Those who follow the author and are followed back.",
    ONLY_SHARED="The members of conversations that its author shared it in: a private clip.",
)
describe(
    UploadPurpose,
    "What an upload is to become.",
    PHOTO="A photo of a message, a profile picture, or a group's picture.",
    VIDEO="A clip to publish.",
)
describe(
    UploadState,
    "How far an upload has got.",
    RESERVED="Waiting for the file, and for completeUpload.",
    READY="Checked and made ready: it can be used.",
    REJECTED="Refused for good; `rejection` says why.",
)
describe(
    UploadRejection,
    "Why an upload was refused; the same file would be refused again.",
    name="UploadRejection",
    NOT_AN_IMAGE="The file is no picture.",
    NOT_A_VIDEO="The file holds no video.",
    UNSUPPORTED_TYPE="A format that is not taken.",
    TOO_LARGE="Too many bytes.",
    TOO_MANY_PIXELS="Too large a picture.",
    TOO_LONG="Too long a clip.",
    DAMAGED="The file is damaged, or not what its checksum promised.",
    PROCESSING_TIMED_OUT="The file takes too long to process.",
)
describe(
    ReportCategory,
    "What is wrong with what is reported.",
    SPAM="Unwanted advertising or repetition.",
    HARASSMENT="Bullying, threats or stalking.",
    HATE="Hatred of a group of people.",
    SEXUAL="Unwanted or illegal sexual content.",
    VIOLENCE="Violence or its glorification.",
    SELF_HARM="Somebody may hurt themselves.",
    IMPERSONATION="Posing as somebody else.",
    OTHER="Something else; say what in the note.",
)

__all__ = [
    "ErrorCode",
    "MessageKind",
    "MessagePolicy",
    "NoticeKind",
    "PhotoVariant",
    "ReportCategory",
    "Role",
    "UploadPurpose",
    "UploadRejection",
    "UploadState",
    "VideoVisibility",
]
