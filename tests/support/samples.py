"""Small real files, made on the spot."""

import functools
import io
from fractions import Fraction

import av
from PIL import Image


@functools.cache
def a_photo(color: str = "red", size: tuple[int, int] = (320, 240)) -> bytes:
    """A JPEG of one colour."""
    output = io.BytesIO()
    Image.new("RGB", size, color).save(output, "JPEG")
    return output.getvalue()


@functools.cache
def a_clip(seconds: int = 2, size: tuple[int, int] = (160, 90)) -> bytes:
    """An H.264 MP4 of one colour, ten frames a second."""
    output = io.BytesIO()
    with av.open(output, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        frame = av.VideoFrame.from_image(Image.new("RGB", size, "blue"))  # type: ignore[no-untyped-call]
        for number in range(seconds * 10):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return output.getvalue()
