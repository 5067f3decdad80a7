import io
import time

import pytest
from PIL import Image, ImageCms

from app.media.images import process_photo
from app.media.limits import PhotoLimits
from app.media.processed import PhotoVariant, ProcessedPhoto
from app.media.rejections import MediaRejectedError, RejectionCode

from .samples import (
    corners,
    encoded,
    jpeg_with_metadata,
    png_bomb,
    png_header,
    quarters,
    webp_chunks,
    webp_header,
)

LIMITS = PhotoLimits()
UPRIGHT = ["red", "green", "blue", "yellow"]


def picture(photo: ProcessedPhoto, variant: PhotoVariant = PhotoVariant.FULL) -> Image.Image:
    return Image.open(io.BytesIO(photo.files[variant].data))


def refusal(data: bytes, limits: PhotoLimits = LIMITS) -> RejectionCode:
    with pytest.raises(MediaRejectedError) as caught:
        process_photo(data, limits)
    return caught.value.code


def test_a_photo_comes_in_three_sizes() -> None:
    photo = process_photo(encoded(quarters(3000, 1500), "JPEG"), LIMITS)
    sizes = {variant: (file.width, file.height) for variant, file in photo.files.items()}
    assert sizes == {
        PhotoVariant.FULL: (2560, 1280),
        PhotoVariant.CHAT: (1280, 640),
        PhotoVariant.THUMBNAIL: (320, 160),
    }
    assert (photo.width, photo.height) == (2560, 1280)
    for variant, size in sizes.items():
        image = picture(photo, variant)
        assert (image.format, image.size) == ("WEBP", size)
        assert corners(image) == UPRIGHT


def test_a_small_photo_is_never_enlarged_and_kept_once() -> None:
    photo = process_photo(encoded(quarters(300, 200), "PNG"), LIMITS)
    assert {(file.width, file.height) for file in photo.files.values()} == {(300, 200)}
    assert len({file.sha256 for file in photo.files.values()}) == 1


def test_a_file_is_named_by_its_content() -> None:
    first, second = (process_photo(encoded(quarters(400, 200), "PNG"), LIMITS) for _ in range(2))
    other = process_photo(encoded(quarters(400, 201), "PNG"), LIMITS)
    assert first == second
    assert first.files[PhotoVariant.FULL].sha256 != other.files[PhotoVariant.FULL].sha256


# How the pixels must lie in the file for each orientation, so that it shows upright.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", STORED)
def test_a_turned_photo_is_put_upright(orientation: int) -> None:
    turn, upright = STORED[orientation], quarters(400, 240)
    stored = upright if turn is None else upright.transpose(turn)
    photo = process_photo(jpeg_with_metadata(stored, orientation), LIMITS)
    assert (photo.width, photo.height) == (400, 240)
    assert corners(picture(photo)) == UPRIGHT


def test_nothing_that_the_camera_wrote_survives() -> None:
    data = jpeg_with_metadata(quarters(2000, 1200), 6)
    assert b"SecretCamera" in data
    photo = process_photo(data + b"<script>SecretTail</script>", LIMITS)
    for file in photo.files.values():
        assert b"Secret" not in file.data
        assert webp_chunks(file.data) <= {b"VP8 ", b"VP8L"}


def test_broken_exif_does_not_spoil_a_photo() -> None:
    data = encoded(quarters(100, 60), "JPEG", exif=b"Exif\0\0MM\0*" + b"\xff" * 40)
    assert corners(picture(process_photo(data, LIMITS))) == UPRIGHT


@pytest.mark.parametrize(("mode", "image_format"), [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG")])
def test_colours_are_converted_by_the_profile_in_the_file(mode: str, image_format: str) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A screen whose red lamp is blue and whose blue lamp is red: what is stored as red shows blue.
    swapped = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    data = encoded(quarters(100, 60).convert(mode), image_format, icc_profile=swapped)
    photo = process_photo(data, LIMITS)
    assert corners(picture(photo))[::2] == ["blue", "red"]
    assert webp_chunks(photo.files[PhotoVariant.FULL].data) == {b"VP8 "}


def test_a_broken_profile_is_ignored() -> None:
    data = encoded(quarters(100, 60), "JPEG", icc_profile=b"no profile at all")
    assert corners(picture(process_photo(data, LIMITS))) == UPRIGHT


def palette_with_alpha() -> Image.Image:
    image = quarters(100, 60).convert("P", palette=Image.Palette.ADAPTIVE)
    image.info["transparency"] = image.getpixel((0, 0))
    return image


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded(quarters(100, 60).convert("CMYK"), "JPEG"), UPRIGHT),
        (encoded(quarters(100, 60), "JPEG", progressive=True), UPRIGHT),
        (encoded(quarters(100, 60), "WEBP", lossless=True), UPRIGHT),
        (encoded(quarters(100, 60), "GIF"), UPRIGHT),
        (encoded(quarters(100, 60).convert("P"), "PNG"), UPRIGHT),
        (encoded(quarters(100, 60), "MPO", save_all=True, append_images=[Image.new("RGB", (100, 60))]), UPRIGHT),
    ],
    ids=["cmyk jpeg", "progressive jpeg", "webp", "gif", "palette png", "two jpegs in one"],
)
def test_all_kinds_of_pictures_are_taken(data: bytes, expected: list[str]) -> None:
    image = picture(process_photo(data, LIMITS))
    assert (image.size, corners(image)) == ((100, 60), expected)


@pytest.mark.parametrize(
    "image",
    [
        palette_with_alpha(),
        Image.merge("RGBA", [*quarters(100, 60).split(), Image.linear_gradient("L").resize((100, 60))]),
    ],
    ids=["palette", "rgba"],
)
def test_what_shines_through_still_does(image: Image.Image) -> None:
    shown = picture(process_photo(encoded(image, "PNG"), LIMITS))
    assert shown.mode == "RGBA"
    assert shown.getchannel("A").getpixel((2, 2)) == pytest.approx(0, abs=15)
    assert shown.getchannel("A").getpixel((97, 57)) == pytest.approx(255, abs=15)


def test_an_opaque_alpha_channel_is_dropped() -> None:
    assert picture(process_photo(encoded(quarters(100, 60).convert("RGBA"), "PNG"), LIMITS)).mode == "RGB"


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    row = b"\x00\x80" * 50 + b"\xff\xff" * 50
    values = Image.frombytes("I;16", (100, 60), row * 60)
    image = picture(process_photo(encoded(values, "PNG"), LIMITS)).convert("L")
    assert image.getpixel((20, 30)) == pytest.approx(128, abs=3)
    assert image.getpixel((80, 30)) == pytest.approx(255, abs=3)


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_its_first_frame(image_format: str) -> None:
    others = [Image.new("RGB", (100, 60), "black") for _ in range(3)]
    data = encoded(quarters(100, 60), image_format, save_all=True, append_images=others, duration=40)
    photo = process_photo(data, LIMITS)
    assert corners(picture(photo)) == UPRIGHT
    assert webp_chunks(photo.files[PhotoVariant.FULL].data) == {b"VP8 "}


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
def test_a_sliver_is_a_photo_too(size: tuple[int, int]) -> None:
    photo = process_photo(encoded(Image.new("RGB", size, "red"), "PNG"), LIMITS)
    assert (photo.width, photo.height) == tuple(min(side, 2560) for side in size)
    assert photo.placeholder


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"<!doctype html><script>alert(1)</script>", b"#!/bin/sh\n", bytes(1000), b"RIFF1234WAVE"],
)
def test_what_is_no_picture_is_refused_whatever_its_name(data: bytes) -> None:
    assert refusal(data) is RejectionCode.NOT_AN_IMAGE


@pytest.mark.parametrize("image_format", ["TIFF", "BMP", "ICO", "JPEG2000", "AVIF"])
def test_a_picture_of_another_kind_is_told_so(image_format: str) -> None:
    assert refusal(encoded(quarters(64, 64), image_format)) is RejectionCode.UNSUPPORTED_TYPE


def test_a_heic_is_told_to_be_of_another_kind() -> None:
    assert refusal(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic") is RejectionCode.UNSUPPORTED_TYPE


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_that_breaks_off_is_damaged(image_format: str, share: float) -> None:
    data = encoded(Image.effect_noise((300, 200), 90).convert("RGB"), image_format)
    assert refusal(data[: int(len(data) * share)]) is RejectionCode.DAMAGED


@pytest.mark.parametrize("magic", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X"])
def test_a_picture_that_is_only_a_beginning_is_damaged(magic: bytes) -> None:
    assert refusal(magic + b"garbage" * 100) in {RejectionCode.DAMAGED, RejectionCode.TOO_MANY_PIXELS}
    assert refusal(magic) is RejectionCode.DAMAGED


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    bomb = png_bomb(20_000)
    assert len(bomb) < 1_000_000
    start = time.process_time()
    assert refusal(bomb) is RejectionCode.TOO_MANY_PIXELS
    assert time.process_time() - start < 0.05


@pytest.mark.parametrize(
    "data",
    [
        png_header(10_000, 10_000),
        png_header(60_000, 60_000),
        webp_header(16_000, 16_000),
        encoded(Image.new("1", (7072, 7072)), "GIF"),
    ],
)
def test_a_header_of_too_many_pixels_is_enough(data: bytes) -> None:
    assert refusal(data) is RejectionCode.TOO_MANY_PIXELS


def test_a_text_chunk_that_unpacks_to_gigabytes_is_damaged() -> None:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - used here alone

    info = PngInfo()
    info.add_text("Comment", "a" * 20_000_000, zip=True)
    assert refusal(encoded(quarters(64, 64), "PNG", pnginfo=info)) is RejectionCode.DAMAGED


def test_a_file_over_the_limit_is_refused_unread() -> None:
    data = encoded(quarters(100, 60), "PNG")
    assert refusal(data, PhotoLimits(max_bytes=len(data) - 1)) is RejectionCode.TOO_LARGE
    assert process_photo(data, PhotoLimits(max_bytes=len(data), max_pixels=6000)).width == 100
    assert refusal(data, PhotoLimits(max_pixels=5999)) is RejectionCode.TOO_MANY_PIXELS


def test_twelve_megapixels_take_little_time() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1000, 750), 40) for _ in "rgb"])
    data = encoded(noise.resize((4000, 3000)), "JPEG", quality=88)
    start = time.process_time()
    process_photo(data, LIMITS)
    # Half of this on a quiet core.
    assert time.process_time() - start < 3
