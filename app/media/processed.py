"""What processing makes of an upload. Free of any decoder, so that the server can hold it without loading one."""

from dataclasses import dataclass
from enum import StrEnum

PHOTO_CONTENT_TYPE = "image/webp"


class PhotoVariant(StrEnum):
    """The sizes that a photo is kept in."""

    THUMBNAIL = "THUMBNAIL"
    CHAT = "CHAT"
    FULL = "FULL"


# The longer side, in pixels. A smaller photo is never enlarged.
MAX_SIDES = {PhotoVariant.FULL: 2560, PhotoVariant.CHAT: 1280, PhotoVariant.THUMBNAIL: 320}


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One variant as a WebP file; `sha256` (hex) is a name for its bytes. A small photo's variants share one."""

    width: int
    height: int
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class ProcessedPhoto:
    """A photo to hand on: upright, `width` by `height` pixels in its FULL variant.

    `placeholder` is a ThumbHash in base64.
    """

    width: int
    height: int
    placeholder: str
    files: dict[PhotoVariant, PhotoFile]


@dataclass(frozen=True, slots=True)
class ProcessedVideo:
    """A video to hand on, in the file that was asked for; `sha256` (hex) is a name for its bytes.

    `width` and `height` are as shown: upright, in square pixels. Codecs are named as FFmpeg does.
    """

    duration_seconds: float
    width: int
    height: int
    content_type: str
    video_codec: str
    audio_codec: str | None
    size: int
    sha256: str
    poster: ProcessedPhoto
