"""What is taken of a stranger's file before and while it is processed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """Of a photo: the size of the file in bytes and the pixels of the picture, checked before it is decoded.

    Decoding 50 megapixels was seen to take 0.4 GB (JPEG), 0.6 GB (PNG) and up to 1.1 GB (WebP).
    """

    max_bytes: int = 25 * 1024 * 1024
    max_pixels: int = 50_000_000


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """Of a video: the size in bytes (also of the clean copy), the time that it plays, the pixels of a frame."""

    max_bytes: int = 100 * 1024 * 1024
    max_seconds: float = 300
    max_pixels: int = 4096 * 2304
