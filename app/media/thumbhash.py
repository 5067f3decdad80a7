"""ThumbHash: a picture in about 25 bytes, to paint in the place of a photo until it is loaded.

Our own encoder for the format of Evan Wallace (https://evanw.github.io/thumbhash/, MIT licence), so that any
ThumbHash decoder can show the result. The tests compare it with hashes from the reference implementation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, pi
from operator import mul

from PIL import Image

# The reference encoder takes no larger picture: beyond this size nothing would change but the time it takes.
MAX_SIDE = 100

# Weights below this are the rounding errors of a flat picture; the format stores them as zero either way.
_NOISE = 1e-9

_Numbers = Sequence[float]


@dataclass(frozen=True, slots=True)
class _Channel:
    """A channel as cosine waves: its mean, and the weights of the others (0 to 1) in units of the largest."""

    mean: float
    weights: Sequence[float]
    scale: float


def thumb_hash(image: Image.Image) -> bytes:
    """Hash a picture of mode RGB or RGBA, of any size."""
    small = image.convert("RGBA")
    small.thumbnail((MAX_SIDE, MAX_SIDE))
    width, height = small.size
    lightness, yellow_blue, red_green, alpha = _channels(small)
    has_alpha = sum(alpha) < width * height
    limit, longer = 5 if has_alpha else 7, max(width, height)
    nx, ny = (max(1, _round(limit * side / longer)) for side in small.size)
    waves = [
        _encode(lightness, small.size, max(3, nx), max(3, ny)),
        _encode(yellow_blue, small.size, 3, 3),
        _encode(red_green, small.size, 3, 3),
    ]
    if has_alpha:
        waves.append(_encode(alpha, small.size, 5, 5))
    return _pack(waves, is_landscape=width > height, shorter_waves=ny if width > height else nx)


def _channels(image: Image.Image) -> tuple[_Numbers, _Numbers, _Numbers, _Numbers]:
    """Split into lightness, yellow-blue, red-green and alpha, composed on the average colour."""
    red, green, blue, alpha = ([value / 255 for value in band.tobytes()] for band in image.split())
    total = sum(alpha) or 1.0
    averages = [sum(map(mul, band, alpha)) / total for band in (red, green, blue)]
    red, green, blue = (
        [average * (1 - a) + a * value for value, a in zip(band, alpha, strict=True)]
        for band, average in zip((red, green, blue), averages, strict=True)
    )
    lightness = [(r + g + b) / 3 for r, g, b in zip(red, green, blue, strict=True)]
    yellow_blue = [(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)]
    red_green = [r - g for r, g in zip(red, green, strict=True)]
    return lightness, yellow_blue, red_green, alpha


def _encode(channel: _Numbers, size: tuple[int, int], nx: int, ny: int) -> _Channel:
    """Transform by cosines, keeping the `nx` by `ny` slowest waves of the triangle that the format stores."""
    width, height = size
    waves_x = [_wave(width, c) for c in range(nx)]
    waves_y = [_wave(height, c) for c in range(ny)]
    rows = [channel[start : start + width] for start in range(0, width * height, width)]
    # Rows first, then columns: nx * height sums of a row instead of nx * ny of the whole picture.
    by_wave = [[sum(map(mul, row, wave)) for row in rows] for wave in waves_x]
    mean, *weights = [
        sum(map(mul, by_wave[cx], waves_y[cy])) / (width * height)
        for cy in range(ny)
        for cx in range(nx)
        if cx * ny < nx * (ny - cy)
    ]
    scale = max(map(abs, weights))
    if scale > _NOISE:
        weights = [0.5 + 0.5 / scale * weight for weight in weights]
    return _Channel(mean, weights, scale)


def _wave(length: int, cycles: int) -> list[float]:
    return [cos(pi / length * cycles * (x + 0.5)) for x in range(length)]


def _pack(waves: Sequence[_Channel], *, is_landscape: bool, shorter_waves: int) -> bytes:
    """Lay out header and weights, four bits each, as the format wants."""
    lightness, yellow_blue, red_green, *alpha = waves
    header = _round(63 * lightness.mean)
    header |= _round(31.5 + 31.5 * yellow_blue.mean) << 6
    header |= _round(31.5 + 31.5 * red_green.mean) << 12
    header |= _round(31 * lightness.scale) << 18 | bool(alpha) << 23
    header |= shorter_waves << 24 | _round(63 * yellow_blue.scale) << 27
    header |= _round(63 * red_green.scale) << 33 | is_landscape << 39
    head = header.to_bytes(5, "little")
    if alpha:
        head += bytes([_round(15 * alpha[0].mean) | _round(15 * alpha[0].scale) << 4])
    nibbles = [_round(15 * weight) for channel in waves for weight in channel.weights]
    nibbles += [0] * (len(nibbles) % 2)
    return head + bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def _round(value: float) -> int:
    """Round half up, as the reference does; Python's own rounds half to even."""
    return floor(value + 0.5)
