"""Photos: what people upload is decoded and encoded anew, so that what others download is a plain picture.

Pure functions for a worker process (`app.media.workers`), since the decoders read whatever a stranger sends.
The first frame of an animation is its photo. Nothing of the file but its pixels survives: no EXIF, no place, no
XMP, no colour profile (the colours are converted to sRGB), nothing that was hidden behind the picture.
"""

import base64
import hashlib
import io

from PIL import Image

from app.media.image_decoding import decode_photo, fitted
from app.media.limits import PhotoLimits
from app.media.processed import MAX_SIDES, PhotoFile, PhotoVariant, ProcessedPhoto
from app.media.rejections import MediaRejectedError, RejectionCode
from app.media.thumbhash import thumb_hash

_QUALITY = 80


# libwebp's effort, 0 to 6. For the largest variant 2 takes less than half the time of 4 for 6 % more bytes
# (12-megapixel photos); the small ones are cheap to encode and fetched most.
_EFFORT = {PhotoVariant.FULL: 2, PhotoVariant.CHAT: 4, PhotoVariant.THUMBNAIL: 4}


def process_photo(data: bytes, limits: PhotoLimits) -> ProcessedPhoto:
    """Turn an uploaded JPEG, PNG, WebP or GIF into a photo.

    Raises MediaRejectedError with NOT_AN_IMAGE, UNSUPPORTED_TYPE, TOO_MANY_PIXELS, TOO_LARGE or DAMAGED.
    """
    if len(data) > limits.max_bytes:
        reason = f"A photo may have at most {limits.max_bytes} bytes."
        raise MediaRejectedError(RejectionCode.TOO_LARGE, reason)
    return photo_from_image(decode_photo(data, MAX_SIDES[PhotoVariant.FULL], limits.max_pixels))


def photo_from_image(image: Image.Image) -> ProcessedPhoto:
    """Make all variants of a decoded, upright picture of mode RGB or RGBA."""
    files: dict[PhotoVariant, PhotoFile] = {}
    for variant, max_side in MAX_SIDES.items():
        smaller = fitted(image, max_side)
        if smaller is image and files:  # no smaller than the variant before: the same file serves
            files[variant] = next(reversed(files.values()))
        else:
            files[variant] = _encode(smaller, _EFFORT[variant])
        image = smaller  # each variant is scaled from the one before, which is cheaper than from the original
    placeholder = base64.b64encode(thumb_hash(image)).decode()
    full = files[PhotoVariant.FULL]
    return ProcessedPhoto(full.width, full.height, placeholder, files)


def _encode(image: Image.Image, effort: int) -> PhotoFile:
    output = io.BytesIO()
    image.save(output, "WEBP", quality=_QUALITY, method=effort)
    data = output.getvalue()
    return PhotoFile(image.width, image.height, data, hashlib.sha256(data).hexdigest())
