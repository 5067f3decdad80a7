"""Reports for the installation's staff."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.store.database import Transaction


async def insert(
    tx: Transaction,
    report_id: UUID,
    reporter_id: UUID,
    *,
    user_id: UUID | None,
    message: tuple[UUID, int] | None,
    video_id: UUID | None,
    category: str,
    note: str,
    evidence: dict[str, Any],
    now: datetime,
) -> None:
    """Keep a report with its evidence as it is now."""
    conversation_id, seq = message or (None, None)
    await tx.rows(
        """INSERT INTO reports (id, reporter_id, subject_user_id, subject_conversation_id, subject_seq,
            subject_video_id, category, note, evidence, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        report_id, reporter_id, user_id, conversation_id, seq, video_id, category, note, evidence, now,
    )  # fmt: skip
