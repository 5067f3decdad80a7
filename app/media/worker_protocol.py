"""What the server and a worker process say to each other: pickles, each behind its length in eight bytes.

A worker reads whatever strangers send, so the server does not trust it either: of an answer it only unpickles the
classes that an answer is made of, and none that is longer than any real one.
"""

import io
import pickle
import struct
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from app.media import processed
from app.media.limits import PhotoLimits, VideoLimits
from app.media.rejections import RejectionCode

LENGTH = struct.Struct(">Q")

# The variants of a photo of 50 megapixels of noise are some 15 MB.
MAX_ANSWER_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PhotoJob:
    """Process these bytes as a photo."""

    data: bytes
    limits: PhotoLimits


@dataclass(frozen=True, slots=True)
class VideoJob:
    """Process the video in one file into another."""

    source: Path
    target: Path
    limits: VideoLimits


Job = PhotoJob | VideoJob


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has loaded its decoders and waits for jobs."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The file is refused."""

    code: RejectionCode
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something is wrong that is no fault of the file; the text is a traceback."""

    traceback: str


Answer = Ready | Rejected | Failed | processed.ProcessedPhoto | processed.ProcessedVideo

_ANSWER_CLASSES = {
    (class_.__module__, class_.__name__): class_
    for class_ in (
        *(Ready, Rejected, Failed, RejectionCode),
        *(processed.ProcessedPhoto, processed.ProcessedVideo, processed.PhotoFile, processed.PhotoVariant),
    )
}


def packed(message: Job | Answer) -> bytes:
    """Pack a message for the other side."""
    body = io.BytesIO()
    _Pickler(body, pickle.HIGHEST_PROTOCOL).dump(message)
    return LENGTH.pack(body.tell()) + body.getvalue()


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        # Some versions of Python pickle a member of an enum as a call of getattr, which has no place in an answer.
        return (type(obj), (obj.value,)) if isinstance(obj, Enum) else NotImplemented


def unpacked_answer(body: bytes) -> Answer:
    """Unpack what a worker sent; raises `pickle.UnpicklingError` for anything that is no answer."""
    try:
        answer = _AnswerUnpickler(io.BytesIO(body)).load()
    except Exception as error:
        raise pickle.UnpicklingError("no pickle of an answer") from error
    if not isinstance(answer, Answer):
        raise pickle.UnpicklingError("not an answer")
    return answer


class _AnswerUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        try:
            return _ANSWER_CLASSES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in an answer") from None
