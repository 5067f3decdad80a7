"""Why a file is refused: a code for programs and a reason for the person who sent it."""

from enum import StrEnum


class RejectionCode(StrEnum):
    """What is wrong with a file. All are final: the same bytes are refused again."""

    NOT_AN_IMAGE = "NOT_AN_IMAGE"
    NOT_A_VIDEO = "NOT_A_VIDEO"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    TOO_LONG = "TOO_LONG"
    DAMAGED = "DAMAGED"
    PROCESSING_TIMED_OUT = "PROCESSING_TIMED_OUT"


class MediaRejectedError(Exception):
    """The file is refused, and trying again with the same bytes is of no use."""

    def __init__(self, code: RejectionCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"
