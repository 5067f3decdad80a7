"""Files as people send them, and as attackers do, made by the real encoders."""

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
from PIL import ExifTags, Image, ImageDraw

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 30), (30, 30, 220), (230, 220, 30)


def quarters(width: int, height: int) -> Image.Image:
    """A picture whose corners tell how it was turned: red, green / blue, yellow."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), BLUE)
    draw.rectangle((width // 2, height // 2, width, height), YELLOW)
    return image


def corners(image: Image.Image) -> list[str]:
    """The colours of the four quarters, in reading order, by the nearest name."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "yellow": YELLOW}
    width, height = image.size
    points = [(width // 4, height // 4), (width * 3 // 4, height // 4)]
    points += [(width // 4, height * 3 // 4), (width * 3 // 4, height * 3 // 4)]
    pixels = [image.convert("RGB").getpixel(point) for point in points]
    return [min(names, key=lambda name: _distance(names[name], pixel)) for pixel in pixels]


def _distance(a: tuple[int, int, int], b: object) -> int:
    assert isinstance(b, tuple)
    return sum(abs(x - y) for x, y in zip(a, b, strict=True))


def encoded(image: Image.Image, image_format: str, **options: object) -> bytes:
    output = io.BytesIO()
    image.save(output, image_format, **options)
    return output.getvalue()


def jpeg_with_metadata(image: Image.Image, orientation: int) -> bytes:
    """A JPEG as a phone writes it: turned, with its place, an XMP packet and a comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (52.0, 31.0, 12.0)}
    )
    return encoded(
        image, "JPEG", exif=exif, quality=90, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>"
    )


def png_header(width: int, height: int) -> bytes:
    """A tiny PNG that claims any size, with a single row's worth of data."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def png_bomb(side: int) -> bytes:
    """A real PNG of black pixels, a thousandth of their size: it decodes, if anybody lets it."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    row = bytes(1 + (side + 7) // 8)
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def webp_header(width: int, height: int) -> bytes:
    """The beginning of an extended WebP that claims any size."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sizes + b"VP8 " + struct.pack("<I", 0)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunks(data: bytes) -> set[bytes]:
    """The names of the chunks of a WebP file; metadata would stand in EXIF, XMP or ICCP."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WEBP"
    names, position = set(), 12
    while position < len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        names.add(name)
        position += 8 + size + size % 2
    return names


def video(
    path: Path,
    *,
    container: str = "mp4",
    codec: str = "libx264",
    audio: str | None = "aac",
    seconds: float = 2,
    size: tuple[int, int] = (160, 96),
    rotation: int = 0,
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """A clip at 10 frames a second: black in its first tenth, then the four quarters."""
    with av.open(str(path), "w", format=container, options=options or {}) as output:
        output.metadata.update(metadata or {})
        picture = output.add_stream(codec, rate=10, options={"g": "5"})
        assert isinstance(picture, av.VideoStream)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        picture.metadata["handler_name"] = "SecretHandler" if metadata else ""
        if rotation:
            picture.set_display_rotation(rotation)
        sound = output.add_stream(audio, rate=48000) if audio else None
        _write_pictures(output, picture, seconds)
        if isinstance(sound, av.AudioStream):
            _write_sound(output, sound, seconds)
    return path


def _write_pictures(output: av.container.OutputContainer, stream: av.VideoStream, seconds: float) -> None:
    shown = quarters(stream.width, stream.height)
    for index in range(round(seconds * 10)):
        image = shown if index >= seconds else Image.new("RGB", shown.size)
        frame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = index, Fraction(1, 10)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def _write_sound(output: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    samples = 960
    for index in range(round(seconds * 48000 / samples)):
        frame = av.AudioFrame(format="s16", layout="stereo", samples=samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.sample_rate, frame.time_base = index * samples, 48000, Fraction(1, 48000)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def clip_with_positions(path: Path) -> Path:
    """A clip as an action camera writes it: with a track of data beside the pictures, and chapters."""
    with av.open(str(path), "w", format="mp4") as output:
        picture = output.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = 160, 96, "yuv420p"
        data = output.add_data_stream("bin_data")
        title = {"title": "SecretChapter"}
        output.set_chapters([{"id": 1, "start": 0, "end": 1000, "time_base": Fraction(1, 1000), "metadata": title}])
        _write_pictures(output, picture, 2)
        packet = av.Packet(b"SecretPosition")
        packet.stream, packet.pts, packet.dts, packet.duration = data, 0, 0, 1000
        packet.time_base = Fraction(1, 1000)
        output.mux(packet)
    return path


def sound_only(path: Path) -> Path:
    with av.open(str(path), "w", format="mp4") as output:
        _write_sound(output, output.add_stream("aac", rate=48000), 1)
    return path
