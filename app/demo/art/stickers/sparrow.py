"""Pip the Sparrow: one round bird in eight moods."""

from collections.abc import Callable
from types import MappingProxyType

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.geometry import Point, arc, box, dice, ellipse, heart, leaf, mirror, smooth, star, turn
from app.demo.art.palette import AMBER, BLUSH, CORAL, CREAM, HONEY, LILAC, PLUM, SKY, TEAL, WHITE
from app.demo.art.stickers.cutting import sheet
from app.demo.art.stickers.features import (
    THROAT,
    Eye,
    angry,
    bright,
    rays,
    shut,
    smitten,
    squeezed,
    starry,
    tears,
    winking,
)

FEATHER, DARK, CAP = "#c08457", "#94603c", "#74452c"
BODY = ellipse((256, 286), 152, 146)


def _bird(left: float = 0, right: float = 0, tint: str = FEATHER) -> Canvas:
    """Draw Pip without a face; the wings are lifted by so many degrees from hanging down."""
    c = sheet()
    c.fill(smooth([(350, 370), (446, 388), (452, 424), (380, 426), (320, 410)]), CAP)
    for x in (216, 296):
        c.stroke([(x, 416), (x, 452)], 12, AMBER)
        c.stroke([(x - 24, 458), (x, 448), (x + 24, 458)], 12, AMBER)
    for lean in (-24, 0, 24):
        c.fill(turn(leaf((256, 160), (256, 92), 30), (256, 160), lean), CAP)
    c.fill(BODY, Fade(tint, DARK))
    with c.within(BODY):
        c.oval((256, 140), 118, 74, CAP)
        c.oval((256, 392), 116, 106, CREAM)
        for side in (-1, 1):
            c.oval((256 + side * 62, 258), 68, 62, CREAM)
    _wing(c, left, mirrored=True)
    _wing(c, right, mirrored=False)
    return c


def _wing(c: Canvas, lift: float, *, mirrored: bool) -> None:
    """Draw a wing that hangs from the shoulder, lifted by so many degrees."""
    root = (384.0, 286.0)
    for size, paint in ((1.0, CAP), (0.8, DARK), (0.55, "#d9a878")):
        feather = leaf((384, 274), (384, 274 + 124 * size), 74 * size)
        shape = turn(feather, root, -lift - 8)
        c.fill(mirror(shape, 256) if mirrored else shape, paint)


def _look(c: Canvas, eye: Eye, *, singing: bool = False) -> None:
    """Give Pip eyes, cheeks and a beak."""
    for side in (-1, 1):
        c.oval((256 + side * 96, 290), 22, 13, BLUSH, 0.8)
        eye(c, (256 + side * 58, 250), 20, side)
    if singing:
        c.fill(smooth([(226, 284), (256, 292), (286, 284), (256, 344)]), AMBER)
        c.fill(smooth([(236, 286), (256, 294), (276, 286), (256, 328)]), THROAT)
    else:
        c.fill(smooth([(234, 280), (256, 282), (278, 280), (256, 308)]), "#d98a2b")
    c.fill(smooth([(224, 282), (256, 258), (288, 282), (256, 294)]), AMBER)


def hello() -> Canvas:
    """Pip waves."""
    c = _bird(right=138)
    _look(c, bright)
    for radius in (26, 50):
        c.stroke(arc((428, 176), radius, 215, 325), 9, SKY)
    return c


def laughing() -> Canvas:
    """Pip laughs till the tears come."""
    c = _bird(40, 40)
    _look(c, squeezed, singing=True)
    tears(c, (256, 232), 146)
    return c


def crying() -> Canvas:
    """Pip weeps a puddle."""
    c = _bird()
    for side in (-1, 1):
        c.fill(box(256 + side * 58 - 13, 258, 256 + side * 58 + 13, 444, 12), Fade(SKY, "#bfe2f0"), 0.95)
    c.oval((256, 448), 176, 24, SKY)
    c.oval((216, 442), 66, 8, "#d6eef7")
    _look(c, shut, singing=True)
    return c


def in_love() -> Canvas:
    """Pip sees nothing but hearts."""
    c = _bird(60, 60)
    _look(c, smitten, singing=True)
    for at, size in (((100, 140), 62), ((408, 116), 76), ((428, 206), 40)):
        c.fill(heart(at, size), CORAL)
        c.dot((at[0] - size * 0.24, at[1] - size * 0.24), size * 0.09, WHITE, 0.8)
    return c


def sleepy() -> Canvas:
    """Pip sleeps under a night cap."""
    c = _bird()
    _look(c, shut)
    c.fill(
        smooth([(150, 186), (196, 110), (290, 76), (380, 128), (404, 190), (350, 150), (362, 190), (256, 168)]), PLUM
    )
    c.stroke(smooth([(150, 190), (256, 164), (362, 190)], closed=False), 30, LILAC)
    c.dot((404, 196), 24, HONEY)
    for x, y, s in ((414, 120, 22), (452, 62, 30)):
        c.stroke([(x - s, y - s), (x + s * 0.7, y - s), (x - s, y + s * 0.7), (x + s * 0.7, y + s * 0.7)], 10, SKY)
    return c


def cross() -> Canvas:
    """Pip fumes."""
    c = _bird(-8, -8, tint="#d8694b")
    _look(c, angry)
    for side in (-1, 1):
        for dx, dy, r in ((0, 0, 24), (26, -20, 30), (50, 4, 22)):
            c.dot((256 + side * (128 + dx), 136 + dy), r, "#d5dbe6")
    return c


def party() -> Canvas:
    """Pip throws confetti."""
    c = _bird(140, 140)
    _look(c, starry, singing=True)
    hat = [(196, 168), (262, 40), (316, 168)]
    c.fill(hat, TEAL)
    with c.within(hat):
        for low in (110, 164):
            c.stroke([(180, low), (330, low - 28)], 18, HONEY)
    c.dot((262, 46), 20, CORAL)
    rolls = dice("confetti")
    for i, (x, y) in enumerate(_scattered()):
        scrap = box(x - 8, y - 13, x + 8, y + 13, 3)
        c.fill(turn(scrap, (x, y), rolls.uniform(0, 180)), (CORAL, TEAL, AMBER, LILAC, SKY)[i % 5])
    return c


def _scattered() -> tuple[Point, ...]:
    """Give the places of the confetti."""
    left = ((150, 70), (96, 118), (180, 122), (58, 176), (130, 160), (70, 66))
    return (*left, *((512 - x, y + 12) for x, y in left))


def well_done() -> Canvas:
    """Pip winks and holds up a golden star."""
    c = _bird(right=128)
    _look(c, winking, singing=True)
    c.fill(star((404, 132), 68, 5, 0.5), AMBER)
    c.fill(star((404, 132), 44, 5, 0.5), HONEY)
    rays(c, (404, 132), (54, 72), (-54, 18, 198, 234), CORAL)
    return c


SPARROW: MappingProxyType[str, Callable[[], Canvas]] = MappingProxyType(
    {
        "hello": hello,
        "laughing": laughing,
        "crying": crying,
        "love": in_love,
        "sleepy": sleepy,
        "angry": cross,
        "party": party,
        "well-done": well_done,
    }
)
"""Pip's moods by name, in the pack's order."""
