"""Weather Report: eight kinds of weather, each in its own temper."""

from collections.abc import Callable
from math import cos, radians, sin, sqrt
from types import MappingProxyType

from app.demo.art.canvas import Canvas, Fade, Paint
from app.demo.art.geometry import Outline, Point, arc, box, circle, drop, move, star, turn
from app.demo.art.palette import AMBER, BLUE, CORAL, HONEY, LEAF, LILAC, SKY, WHITE
from app.demo.art.stickers.cutting import sheet
from app.demo.art.stickers.features import (
    angry,
    bright,
    face,
    frown,
    gasp,
    joyful,
    laugh,
    shut,
    smile,
    winking,
    wobble,
    worried,
)

PUFFS = ((150, 262, 82), (236, 196, 104), (334, 216, 90), (396, 288, 64), (116, 292, 60), (250, 300, 130))
HEART, FLOOR = (250, 290), 352  # a point inside all of the cloud, and its flat underside


def _cloud_outline() -> Outline:
    """Give the rim of all puffs together: along each ray from the heart, the farthest that any puff reaches."""
    rim = []
    for degrees in range(0, 360, 2):
        dx, dy = cos(radians(degrees)), sin(radians(degrees))
        reach = max(_reach(dx, dy, x - HEART[0], y - HEART[1], r) for x, y, r in PUFFS)
        rim.append((HEART[0] + dx * reach, min(HEART[1] + dy * reach, FLOOR)))
    return rim


def _reach(dx: float, dy: float, x: float, y: float, r: float) -> float:
    """Give how far a ray from the origin goes until it leaves a circle for good, or 0 if it misses it."""
    along = dx * x + dy * y
    left = along**2 - x**2 - y**2 + r**2
    return along + sqrt(left) if left > 0 else 0


CLOUD = _cloud_outline()


def _cloud(c: Canvas, top: str, bottom: str, down: float = 0) -> None:
    """Draw a cloud in the upper two thirds of the sheet, moved `down` by so many units."""
    c.fill(move(CLOUD, 0, down), Fade(top, bottom))
    for x, y, r in PUFFS[:3]:
        c.stroke(arc((x, y + down), r - 18, 205, 265), 9, WHITE, 0.7)


def _sun(c: Canvas, at: Point, radius: float) -> None:
    """Draw the sun and its rays."""
    for angle in range(0, 360, 30):
        tip = radius * (1.62 if angle % 60 else 1.48)
        ray = [(at[0] - radius * 0.2, at[1] - radius * 1.06), (at[0] + radius * 0.2, at[1] - radius * 1.06)]
        c.fill(turn([*ray, (at[0], at[1] - tip)], at, angle), AMBER)
        c.stroke(turn([(at[0], at[1] - tip + 12), (at[0], at[1] - radius)], at, angle), 14, AMBER)
    c.fill(circle(at, radius), Fade("#ffe08a", "#ffc04d"))


def sun() -> Canvas:
    """A beaming sun."""
    c = sheet()
    _sun(c, (256, 256), 134)
    face(c, (256, 250), joyful, laugh, 1.2)
    return c


def cloud() -> Canvas:
    """A cloud with the sun peeping out behind it."""
    c = sheet()
    _sun(c, (372, 152), 70)
    _cloud(c, "#f4f9ff", "#c9dff0", 60)
    face(c, (250, 318), winking, smile, 1.2)
    return c


def rain() -> Canvas:
    """A sad cloud that rains."""
    c = sheet()
    for x, y in ((124, 394), (198, 424), (272, 394), (340, 426), (402, 390)):
        c.fill(drop((x, y), 74), Fade(SKY, BLUE))
    _cloud(c, "#c5d3e4", "#94a9c4")
    face(c, (250, 262), worried, wobble, 1.2)
    return c


def storm() -> Canvas:
    """A furious thunder cloud."""
    c = sheet()
    for x, size in ((256, 1.0), (372, 0.66), (146, 0.66)):
        zigzag = ((14, -70), (-46, 30), (-6, 30), (-26, 118), (48, 4), (8, 4), (40, -70))
        c.fill([(x + dx * size, 346 + dy * size) for dx, dy in zigzag], Fade("#ffe27a", AMBER))
    _cloud(c, "#7a7aa0", "#4c4c74", -10)
    for side in (-1, 1):
        c.oval((250 + side * 60, 250), 26, 28, "#f1eef8")
    face(c, (250, 250), angry, frown, 1.2)
    return c


def rainbow() -> Canvas:
    """A rainbow between two small clouds."""
    c = sheet()
    bands: tuple[Paint, ...] = (CORAL, AMBER, "#ffe27a", LEAF, SKY, LILAC)
    for i, paint in enumerate(bands):
        radius = 196 - 24 * i
        c.stroke([(256 - radius, 392), *arc((256, 300), radius, 180, 360), (256 + radius, 392)], 25, paint)
    for x in (118, 394):
        for dx, dy, r in ((-42, 8, 36), (0, -16, 46), (42, 8, 36)):
            c.dot((x + dx, 398 + dy), r, Fade(WHITE, "#d6e6f4"))
        c.fill(box(x - 76, 396, x + 76, 444, 24), "#d6e6f4")
        face(c, (x, 402), joyful, smile, 0.55)
    return c


def snow() -> Canvas:
    """A cloud that lets snowflakes fall, surprised by the first."""
    c = sheet()
    for x, y, r in ((132, 408, 34), (218, 436, 28), (296, 404, 36), (386, 424, 32)):
        for angle in (0, 60, 120):
            c.stroke(turn([(x - r, y), (x + r, y)], (x, y), angle), 11, SKY)
        c.dot((x, y), 9, WHITE)
    _cloud(c, "#ffffff", "#d9e6f5")
    face(c, (250, 260), bright, gasp, 1.2)
    return c


def moon() -> Canvas:
    """A sleeping crescent among stars."""
    c = sheet()
    crescent = [*arc((246, 256), 202, 58, 302), *arc((368, 256), 172, 264, 96)]
    c.fill(crescent, Fade("#fff0bd", HONEY))
    with c.within(crescent):
        for x, y, r in ((168, 142, 22), (128, 356, 26), (222, 412, 16)):
            c.dot((x, y), r, "#f3cf7e")
    face(c, (122, 250), shut, smile, 0.66)
    for x, y, r in ((352, 150, 42), (420, 270, 30), (330, 330, 36)):
        c.fill(star((x, y), r, 5, 0.5), AMBER)
    return c


def wind() -> Canvas:
    """A cloud that blows with round cheeks."""
    c = sheet()
    _cloud(c, "#e4f5f1", "#a9d8d0", -40)
    face(c, (230, 218), joyful, gasp, 1.2)
    for y, end, curl in ((346, 400, -34), (388, 330, 28)):
        way = 1 if curl > 0 else -1
        c.stroke([(110, y), *arc((end, y + curl), abs(curl), -90 * way, 150 * way)], 17, "#5fa9b8")
    c.stroke([(160, 430), (250, 430)], 17, "#5fa9b8")
    return c


WEATHER: MappingProxyType[str, Callable[[], Canvas]] = MappingProxyType(
    {
        "sun": sun,
        "cloud": cloud,
        "rain": rain,
        "storm": storm,
        "rainbow": rainbow,
        "snow": snow,
        "moon": moon,
        "wind": wind,
    }
)
"""The weathers by name, in the pack's order."""
