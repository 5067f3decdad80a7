"""Uploads: how a file gets in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from app.media.signing import SignedForm
from app.store import media
from app.store.database import Row
from schema.context import Operation
from schema.enums import UploadPurpose, UploadRejection, UploadState
from schema.ids import to_id
from schema.loading import in_order, loaded
from schema.node import Node
from schema.photos import Photo, load_photos


@strawberry.type(description="A field of the form that sends a file.")
class FormField:
    name: str = strawberry.field(description="Name of the form field.")
    value: str = strawberry.field(description="Its value, to be sent as it is.")


@strawberry.type(
    description="Where to send the file: POST these fields as multipart/form-data, and the file last, as `file`."
)
class UploadForm:
    url: str = strawberry.field(description="Where to POST to.")
    fields: list[FormField] = strawberry.field(description="The fields, all of them, before the file.")
    expires_at: datetime = strawberry.field(description="Until when the form is taken.")

    @classmethod
    def of(cls, form: SignedForm) -> "UploadForm":
        """Wrap a signed form."""
        fields = [FormField(name=name, value=value) for name, value in form.fields.items()]
        return cls(url=form.url, fields=fields, expires_at=form.expires_at)


@strawberry.type(description="A file of the viewer's on its way in; only they can see it.")
class Upload(Node):
    purpose: UploadPurpose = strawberry.field(description="What it is to become.")
    state: UploadState = strawberry.field(description="How far it has got.")
    rejection: UploadRejection | None = strawberry.field(description="Why it was refused; null unless REJECTED.")
    duration_seconds: float | None = strawberry.field(description="Length of a clip in seconds, once READY.")
    photo_id: strawberry.Private[UUID | None]

    photo: Photo | None = loaded(
        load_photos, key="photo_id", description="The photo, or the clip's poster; null until READY."
    )

    @classmethod
    def from_row(cls, row: Row) -> "Upload":
        """Wrap a row of `uploads`."""
        return cls(
            id=to_id("Upload", row["id"]),
            purpose=UploadPurpose(row["purpose"]),
            state=UploadState(row["state"]),
            rejection=UploadRejection(row["rejection"]) if row["rejection"] else None,
            duration_seconds=row["duration_seconds"],
            photo_id=row["photo_id"],
        )


async def load_uploads(operation: Operation, ids: Sequence[UUID]) -> list[Upload | None]:
    """The viewer's own uploads."""
    return in_order(ids, await media.uploads(operation.database, operation.me.user_id, ids), Upload.from_row)
