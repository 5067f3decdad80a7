"""Reporting a message, a person or a video: what was there is kept, whatever becomes of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import invalid
from app.ids import new_id
from app.services import Services
from app.store import media, messages, reports
from app.store.database import Transaction
from resolvers import access
from resolvers.text import parse_text

NOTE_MAX = 2000

# Messages on either side of a reported one that are kept with it, as staff can't judge a line without its context.
CONTEXT = 10


class ReportCategory(StrEnum):
    """What is wrong with what is reported."""

    SPAM = "SPAM"
    HARASSMENT = "HARASSMENT"
    HATE = "HATE"
    SEXUAL = "SEXUAL"
    VIOLENCE = "VIOLENCE"
    SELF_HARM = "SELF_HARM"
    IMPERSONATION = "IMPERSONATION"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported: one of these."""

    message: tuple[UUID, int] | None = None
    user_id: UUID | None = None
    video_id: UUID | None = None


async def report(services: Services, viewer: Viewer, subject: Subject, category: ReportCategory, note: str) -> UUID:
    """Report something that the viewer may see, with its evidence, and return the report's id.

    Raises:
        InvalidInputError: the note is too long.
        NotFoundError: it is not there, or not for the viewer.
    """
    cleaned = parse_text(note, "note", at_most=NOTE_MAX, at_least=0)

    async def work(tx: Transaction) -> UUID:
        report_id = new_id()
        await reports.insert(
            tx,
            report_id,
            viewer.user_id,
            user_id=subject.user_id,
            message=subject.message,
            video_id=subject.video_id,
            category=category,
            note=cleaned,
            evidence=await _evidence(tx, viewer, subject),
            now=datetime.now(UTC),
        )
        return report_id

    return await access.write(services, viewer, work)


async def _evidence(tx: Transaction, viewer: Viewer, subject: Subject) -> dict[str, Any]:
    if subject.message:
        return await _message_evidence(tx, viewer, subject.message)
    if subject.video_id:
        return {"video": dict(await access.video(tx, viewer.user_id, subject.video_id))}
    if subject.user_id:
        # Seen as by a stranger: somebody behind a block can be reported.
        seen = dict(await access.person(tx, None, subject.user_id))
        del seen["viewer_id"]
        return {"person": seen}
    raise invalid("subject", "Name what to report.")


async def _message_evidence(tx: Transaction, viewer: Viewer, key: tuple[UUID, int]) -> dict[str, Any]:
    row = await access.message(tx, viewer.user_id, key)
    span = messages.Span(2 * CONTEXT + 1, after=max(0, key[1] - CONTEXT - 1), before=key[1] + CONTEXT + 1)
    (around,) = await messages.pages(tx, viewer.user_id, [key[0]], span)
    photos = await media.photos(tx, [photo_id for photo_id in row["attachment_ids"] if row["kind"] == "PHOTOS"])
    context = [{name: value for name, value in each.items() if name != "place"} for each in around]
    return {"message": dict(row), "context": context, "photos": [dict(photo) for photo in photos]}
