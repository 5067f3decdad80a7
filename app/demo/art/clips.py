"""Three short clips drawn frame by frame; each ends where it begins, so that it can loop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin
from pathlib import Path
from types import MappingProxyType

import av
from PIL import Image

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.geometry import Outline, Point, arc, box, circle, ellipse, smooth
from app.demo.art.palette import AMBER, BARK, BLUE, CORAL, CREAM, HONEY, INK, LEAF, MOSS, PLUM, RUST, SKY, TEAL, WHITE

FRAMES_PER_SECOND = 24
QUALITY = 28  # x264's constant rate factor; flat drawings stay clean at it


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip's length in seconds, and the drawing of its moment `t` (0 at the start, 1 at the end)."""

    seconds: float
    draw: Callable[[float], Canvas]

    def frames(self) -> Iterator[Image.Image]:
        """Draw one frame after the other."""
        count = round(self.seconds * FRAMES_PER_SECOND)
        return (self.draw(i / count).finish() for i in range(count))


def write_clip(clip: Clip, path: Path) -> None:
    """Encode a clip as H.264 in MP4 that players can start before they have read all of it."""
    frames = clip.frames()
    first = next(frames)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as output:
        stream = output.add_stream("libx264", rate=Fraction(FRAMES_PER_SECOND))
        stream.width, stream.height = first.size
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(QUALITY), "preset": "slow"}
        for image in (first, *frames):
            output.mux(stream.encode(_video_frame(image)))
        output.mux(stream.encode(None))


def _landscape(height: Callable[[float], float], base: float = 370) -> Outline:
    """Give the ground under a height curve over a sheet 640 units wide."""
    return [(-10, base), *((x, height(x)) for x in range(-10, 660, 10)), (650, base)]


def _video_frame(image: Image.Image) -> av.VideoFrame:
    return av.VideoFrame.from_bytes(image.convert("RGBA").tobytes(), image.width, image.height, format="rgba")


@dataclass(frozen=True, slots=True)
class Wave:
    """One row of the sea: where it lies, how high it swells, its crests across the sheet, and which way it runs."""

    paint: str
    level: float
    swell: float
    crests: int
    way: int


WAVES = (
    Wave("#7fc4c9", 206, 5, 3, -1),
    Wave("#4fa6b4", 238, 8, 2, 1),
    Wave(TEAL, 276, 11, 2, -1),
    Wave("#1f6f78", 320, 13, 1, 1),
)


def waves(t: float) -> Canvas:
    """The sea at sunset, a boat and a gull."""
    c = Canvas(640, 360, background=Fade("#ffb98a", "#ffe7bd"))
    c.glow((430, 190), 190, WHITE, 0.7)
    c.dot((430, 190), 58, "#fff3c9")
    _gull(c, (-40 + 720 * t, 84 - 18 * sin(2 * pi * t)), 9 * sin(10 * pi * t))
    for wave in WAVES[:2]:
        _wave(c, wave, t)
    _boat(c, 210, 262 + 7 * sin(2 * pi * (t + 0.1)))
    for wave in WAVES[2:]:
        _wave(c, wave, t)
    for i in range(7):
        half = (44 - 4 * i) * (0.75 + 0.25 * sin(2 * pi * (t * 2 + i / 3)))
        c.stroke([(430 - half, 214 + 13 * i), (430 + half, 214 + 13 * i)], 4, HONEY, 0.75)
    return c


def _wave(c: Canvas, wave: Wave, t: float) -> None:
    """Draw one wave across the sheet; it passes by once from start to end."""
    phase = wave.way * t

    def height(x: float) -> float:
        long, short = sin(2 * pi * (x / 640 * wave.crests + phase)), sin(2 * pi * (x / 160 - phase))
        return wave.level + wave.swell * long + 3 * short

    c.fill(_landscape(height), wave.paint)
    c.stroke([(x, height(x) + 9) for x in range(-10, 660, 10)], 2.5, WHITE, 0.35)


def _gull(c: Canvas, at: Point, flap: float) -> None:
    x, y = at
    wings = [(x - 26, y - 6 - flap), (x - 10, y - 8), (x, y), (x + 10, y - 8), (x + 26, y - 6 - flap)]
    c.stroke(smooth(wings, closed=False), 4, INK)


def _boat(c: Canvas, x: float, y: float) -> None:
    c.stroke([(x, y - 6), (x, y - 112)], 5, BARK)
    c.fill([(x + 6, y - 108), (x + 64, y - 26), (x + 6, y - 22)], CREAM)
    c.fill([(x - 6, y - 96), (x - 46, y - 26), (x - 6, y - 22)], CORAL)
    c.fill(smooth([(x - 70, y - 14), (x, y - 10), (x + 76, y - 16), (x + 48, y + 22), (x - 44, y + 22)]), RUST)


def bike_ride(t: float) -> Canvas:
    """Someone cycles past hills and trees."""
    c = Canvas(640, 360, background=Fade(SKY, "#eaf6ee"))
    c.dot((520, 76), 36, HONEY)
    for i in range(4):
        _cloud(c, (240 * i - 240 * t, 72))
    c.fill(_landscape(lambda x: 206 + 34 * sin(2 * pi * (x / 320 + t))), "#a9d3c0")
    c.fill(_landscape(lambda x: 244 + 22 * sin(2 * pi * (x / 320 + 2 * t))), "#83bd8f")
    for i in range(5):
        _tree(c, ((160 * i - 800 * t) % 800 - 70, 292), 0.85 + i % 3 * 0.2)
    c.fill(box(-5, 288, 645, 365), LEAF)
    c.fill(box(-5, 304, 645, 346), "#6d7180")
    for i in range(8):
        x = (100 * i - 1600 * t) % 800 - 80
        c.fill(box(x, 323, x + 46, 328), CREAM)
    _cyclist(c, (270, 324 + 1.5 * sin(20 * pi * t)), t)
    return c


def _cloud(c: Canvas, at: Point) -> None:
    for dx, dy, r in ((-28, 6, 18), (0, -4, 26), (28, 6, 18)):
        c.dot((at[0] + dx, at[1] + dy), r, WHITE, 0.85)


def _tree(c: Canvas, at: Point, size: float) -> None:
    x, y = at
    c.stroke([(x, y), (x, y - 60 * size)], 11 * size, BARK)
    for dx, dy, r in ((-22, -70, 28), (22, -70, 28), (0, -96, 34)):
        c.dot((x + dx * size, y + dy * size), r * size, MOSS)


def _cyclist(c: Canvas, at: Point, t: float) -> None:
    """Draw the bicycle, its wheels on the ground at `at`, and its rider pedalling."""
    x, y = at
    back, front, crank = (x - 56, y - 38), (x + 62, y - 38), (x - 2, y - 36)
    saddle, bar, hip, hand = (x - 20, y - 92), (x + 44, y - 96), (x - 18, y - 100), (x + 50, y - 104)
    shoulder = (x + 22, y - 152)
    _leg(c, hip, crank, 12 * pi * t + pi, "#3a3f66")
    for hub in (back, front):
        _wheel(c, hub, 14 * pi * t)
    for start, end in ((back, crank), (crank, saddle), (crank, bar), (saddle, bar), (back, saddle), (bar, front)):
        c.stroke([start, end], 6, CORAL)
    c.stroke([(saddle[0] - 14, saddle[1] - 2), (saddle[0] + 12, saddle[1] - 2)], 8, INK)
    c.stroke([bar, hand], 6, INK)
    _leg(c, hip, crank, 12 * pi * t, BLUE)
    c.stroke([hip, shoulder], 34, AMBER)
    c.stroke([shoulder, (x + 34, y - 120), hand], 12, "#f3c3a0")
    _head(c, (x + 34, y - 190))


def _head(c: Canvas, at: Point) -> None:
    x, y = at
    scarf = smooth([(x - 8, y + 22), (x - 40, y + 18), (x - 66, y + 26), (x - 40, y + 32)])
    c.fill(scarf, PLUM)
    c.dot(at, 23, "#f3c3a0")
    c.fill(arc((x - 1, y - 3), 26, 170, 370), TEAL)
    c.oval((x + 10, y + 3), 2.6, 3.4, INK)
    c.stroke(arc((x + 11, y + 7), 6, 20, 130), 2.6, RUST)


def _wheel(c: Canvas, hub: Point, angle: float) -> None:
    for i in range(4):
        dx, dy = 34 * cos(angle + i * pi / 4), 34 * sin(angle + i * pi / 4)
        c.stroke([(hub[0] - dx, hub[1] - dy), (hub[0] + dx, hub[1] + dy)], 1.6, "#d5d9e4")
    c.stroke(arc(hub, 36, 0, 360), 6, INK)


def _leg(c: Canvas, hip: Point, crank: Point, angle: float, paint: str) -> None:
    """Draw a leg from the hip to a pedal that turns about the crank; the knee points forward."""
    foot = (crank[0] + 15 * cos(angle), crank[1] + 15 * sin(angle))
    knee = ((hip[0] + foot[0]) / 2 + 22, (hip[1] + foot[1]) / 2 - 8)
    c.stroke([hip, knee, foot], 14, paint)
    c.stroke([(foot[0] - 4, foot[1] + 4), (foot[0] + 15, foot[1] + 4)], 10, INK)


def bouncing_ball(t: float) -> Canvas:
    """A rubber ball bounces, squashed when it lands."""
    c = Canvas(360, 640, background=Fade("#cdb8e6", "#f6dfe6"))
    for i, radius in enumerate((250, 180, 110)):
        c.dot((180, 270), radius, WHITE, 0.12 + 0.04 * i)
    c.fill(box(-5, 530, 365, 645), Fade("#8f74b5", PLUM))
    phase = t * 4 % 1
    height = 4 * phase * (1 - phase)
    squash = max(0.0, 1 - height * 5)
    c.fill(ellipse((180, 566), 84 - 34 * height, 17 - 7 * height), INK, 0.45 - 0.25 * height)
    _ball(c, (180, 494 - 330 * height + 26 * squash), (70 + 16 * squash, 70 - 22 * squash), 360 * t)
    return c


def _ball(c: Canvas, at: Point, radii: Point, angle: float) -> None:
    """Draw the striped ball, turned and flattened to the two radii."""
    rim = ellipse(at, *radii)
    c.fill(rim, CORAL)
    with c.within(rim):
        for i in range(3):
            start = angle + 120 * i
            wedge = [(0.0, 0.0), *arc((0, 0), 1.5, start, start + 60)]
            c.fill([(at[0] + x * radii[0], at[1] + y * radii[1]) for x, y in wedge], (CREAM, HONEY, "#7fc4c9")[i])
        c.fill(circle((at[0] - 26, at[1] - radii[1] * 0.5), 15), WHITE, 0.6)
    c.dot(at, 10, WHITE)


CLIPS: MappingProxyType[str, Clip] = MappingProxyType(
    {
        "waves": Clip(4, waves),
        "bike_ride": Clip(4, bike_ride),
        "bouncing_ball": Clip(3, bouncing_ball),
    }
)
"""Each clip by its name."""
