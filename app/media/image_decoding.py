"""From the bytes of a file to an upright sRGB picture, trusting none of them."""

import io
import struct
import warnings

from PIL import ExifTags, Image, ImageCms

from app.media.rejections import MediaRejectedError, RejectionCode

_SIGNATURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF"}

# Pictures too, but of kinds that are not taken: TIFF, BMP, icons, Photoshop, JPEG XL, JPEG 2000.
_OTHER_SIGNATURES = (b"II*\0", b"MM\0*", b"BM", b"\0\0\1\0", b"8BPS", b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP")

# EXIF orientation → how to turn the pixels upright (EXIF 2.32, tag 0x0112).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SRGB = ImageCms.createProfile("sRGB")


def decode_photo(data: bytes, max_side: int, max_pixels: int) -> Image.Image:
    """Decode the first frame, upright, in sRGB, at most `max_side` pixels long, without any metadata.

    The mode is RGBA if anything shines through, else RGB. The number of pixels is checked before they are decoded.
    """
    image_format = _format(data)
    if image_format == "WEBP":  # opening one already takes memory for all its pixels
        _check_pixels(_webp_size(data), max_pixels)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken metadata, which is dropped anyway
            return _decode(io.BytesIO(data), image_format, max_side, max_pixels)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("huge", max_pixels) from error
    except (MemoryError, MediaRejectedError):
        raise
    except Exception as error:
        # There is no telling what a decoder raises on hostile bytes.
        raise _damaged() from error


def _decode(file: io.BytesIO, image_format: str, max_side: int, max_pixels: int) -> Image.Image:
    image = Image.open(file, formats=(image_format,))
    _check_pixels(image.size, max_pixels)
    image.draft(None, _fitted_size(image.size, max_side))  # a JPEG decoder scales by halves almost for free
    image.load()
    profile, orientation = image.info.get("icc_profile"), _orientation(image)
    small = fitted(_with_plain_channels(image), max_side)
    upright = small.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else small
    return _without_metadata(_without_idle_alpha(_in_srgb(upright, profile)))


def fitted(image: Image.Image, max_side: int) -> Image.Image:
    """Scale down so that the longer side is at most `max_side`; a smaller picture is returned as it is."""
    size = _fitted_size(image.size, max_side)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)


def _fitted_size(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    longer = max(size)
    if longer <= max_side:
        return size
    width, height = (max(1, round(side * max_side / longer)) for side in size)
    return width, height


def _format(data: bytes) -> str:
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(_OTHER_SIGNATURES) or data[4:8] == b"ftyp":  # HEIC, AVIF and videos begin with ftyp
        raise MediaRejectedError(RejectionCode.UNSUPPORTED_TYPE, "Send a JPEG, PNG, WebP or GIF.")
    raise MediaRejectedError(RejectionCode.NOT_AN_IMAGE, "This file is not a picture.")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Read the size from the first chunk (RFC 9649; RFC 6386 for the lossy kind)."""
    try:
        if data[12:16] == b"VP8X":
            low = struct.unpack_from("<HBHB", data, 24)
            return 1 + low[0] + (low[1] << 16), 1 + low[2] + (low[3] << 16)
        if data[12:16] == b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        width, height = struct.unpack_from("<HH", data, 26)
    except struct.error as error:
        raise _damaged() from error
    return width & 0x3FFF, height & 0x3FFF


def _check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise _too_many_pixels(f"{width} by {height}", max_pixels)


def _too_many_pixels(size: str, max_pixels: int) -> MediaRejectedError:
    reason = f"The picture is {size}; at most {max_pixels} pixels are taken."
    return MediaRejectedError(RejectionCode.TOO_MANY_PIXELS, reason)


def _damaged() -> MediaRejectedError:
    return MediaRejectedError(RejectionCode.DAMAGED, "The picture is damaged or incomplete.")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - broken EXIF does not make a picture unusable
        return 1


def _with_plain_channels(image: Image.Image) -> Image.Image:
    """Resolve what cannot be scaled: palettes, single bits, a transparent colour, 16 bits of grey."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data and image.mode not in {"RGBA", "LA"}:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in {"1", "P"} else image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to RGB or RGBA by the colour profile, or without one where there is none that works."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if profile and image.mode != "LA":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
        else:
            if converted is not None:
                return converted
    return image.convert(mode)


def _without_idle_alpha(image: Image.Image) -> Image.Image:
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


def _without_metadata(image: Image.Image) -> Image.Image:
    """Empty the picture's dictionary, from which an encoder would take a profile or comments again."""
    image.info = {}
    return image
