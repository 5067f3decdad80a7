"""Uploads and videos."""

import strawberry

from resolvers import uploads, videos
from schema.context import Info
from schema.enums import UploadPurpose, VideoVisibility
from schema.errors import InvalidInputError, NotFoundError, TryAgainError, UploadNotReadyError
from schema.ids import parse_id, to_id
from schema.mutating import mutation
from schema.uploads import Upload, UploadForm
from schema.videos import Video


@strawberry.input(description="A file to be sent.")
class CreateUploadInput:
    purpose: UploadPurpose = strawberry.field(description="What it is to become.")
    content_type: str = strawberry.field(description="Its media type, such as image/jpeg or video/mp4.")
    byte_size: int = strawberry.field(description="Its exact size in bytes; see `policy`.")
    checksum_sha256: str = strawberry.field(name="checksumSha256", description="The SHA-256 of its bytes, in base64.")
    alt_text: str | None = strawberry.field(
        default=None, description="What it shows, for people who can't see it: at most 500 characters."
    )


@strawberry.input(description="An upload whose file has been sent.")
class CompleteUploadInput:
    upload_id: strawberry.ID = strawberry.field(description="The upload.")


@strawberry.input(description="A clip to publish.")
class PublishVideoInput:
    upload_id: strawberry.ID = strawberry.field(description="A READY video upload of the viewer's.")
    title: str = strawberry.field(default="", description="At most 200 characters.")
    visibility: VideoVisibility = strawberry.field(
        default=VideoVisibility.PUBLIC, description="Who may see it. ONLY_SHARED is how a private clip is sent."
    )


@strawberry.input(description="A video to take back.")
class DeleteVideoInput:
    video_id: strawberry.ID = strawberry.field(description="A video of the viewer's.")


@strawberry.type(description="The upload waits for its file.")
class CreateUploadSuccess:
    upload: Upload = strawberry.field(description="The upload, RESERVED.")
    form: UploadForm = strawberry.field(description="Where to send the file, straight to the media store.")


@strawberry.type(description="The file was checked: READY to be used, or REJECTED.")
class CompleteUploadSuccess:
    upload: Upload = strawberry.field(description="The upload as it is now.")


@strawberry.type(description="The clip is published.")
class PublishVideoSuccess:
    video: Video = strawberry.field(description="The video.")


@strawberry.type(description="The video is gone, wherever it was shared.")
class DeleteVideoSuccess:
    video_id: strawberry.ID = strawberry.field(description="The video that was there.")


@strawberry.type
class MediaMutations:
    @mutation(
        InvalidInputError,
        description="Reserve an upload and get the form to send its file with. Each call reserves one more.",
    )
    async def create_upload(self, info: Info, input: CreateUploadInput) -> CreateUploadSuccess:
        reservation = await uploads.create(
            info.context.services,
            info.context.me,
            purpose=input.purpose,
            content_type=input.content_type,
            byte_size=input.byte_size,
            checksum_sha256=input.checksum_sha256,
            alt_text=input.alt_text,
        )
        return CreateUploadSuccess(upload=Upload.from_row(reservation.row), form=UploadForm.of(reservation.form))

    @mutation(
        NotFoundError,
        InvalidInputError,
        TryAgainError,
        description="Say that the file has been sent: it is checked, made ready, and answered READY or REJECTED. "
        "Safe to repeat.",
    )
    async def complete_upload(self, info: Info, input: CompleteUploadInput) -> CompleteUploadSuccess:
        upload_id = parse_id(input.upload_id, "Upload", "uploadId")
        row = await uploads.complete(info.context.services, info.context.me, upload_id)
        return CompleteUploadSuccess(upload=Upload.from_row(row))

    @mutation(
        NotFoundError,
        InvalidInputError,
        UploadNotReadyError,
        description="Publish a clip. Safe to repeat: an upload is published once.",
    )
    async def publish_video(self, info: Info, input: PublishVideoInput) -> PublishVideoSuccess:
        row = await videos.publish(
            info.context.services,
            info.context.me,
            parse_id(input.upload_id, "Upload", "uploadId"),
            title=input.title,
            visibility=input.visibility,
        )
        return PublishVideoSuccess(video=Video.from_row(row))

    @mutation(NotFoundError, InvalidInputError, description="Take a video of the viewer's back. Safe to repeat.")
    async def delete_video(self, info: Info, input: DeleteVideoInput) -> DeleteVideoSuccess:
        video_id = parse_id(input.video_id, "Video", "videoId")
        await videos.delete(info.context.services, info.context.me, video_id)
        return DeleteVideoSuccess(video_id=to_id("Video", video_id))
