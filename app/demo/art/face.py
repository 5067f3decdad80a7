"""Heads and shoulders of the demo people, on a sheet of 512 by 512 units."""

from dataclasses import dataclass

from app.demo.art.canvas import Canvas, Paint
from app.demo.art.geometry import arc, box, circle, ellipse, mirror, smooth
from app.demo.art.palette import BLUSH, INK, RUST, WHITE

HEAD = smooth(
    [
        (256, 128),
        (312, 142),
        (342, 196),
        (340, 256),
        (318, 312),
        (282, 346),
        (256, 352),
        (230, 346),
        (194, 312),
        (172, 256),
        (170, 196),
        (200, 142),
    ]
)
SHOULDERS = smooth(
    [
        (256, 398),
        (318, 410),
        (392, 432),
        (436, 474),
        (452, 560),
        (256, 600),
        (60, 560),
        (76, 474),
        (120, 432),
        (194, 410),
    ]
)


SIDE = 512  # units and, at scale 1, pixels


def portrait(scale: float, background: Paint) -> Canvas:
    """Give an empty sheet for a portrait."""
    return Canvas(SIDE, SIDE, scale, background)


@dataclass(frozen=True, slots=True)
class Skin:
    """A skin's tone, and the darker one of its shadows and lines."""

    tone: str
    shade: str


IVORY = Skin("#fbdcc4", "#e5b295")
PEACH = Skin("#f3c3a0", "#d99b76")
TAN = Skin("#dda277", "#b97a50")
OLIVE = Skin("#c98f64", "#a36c44")
BROWN = Skin("#96613f", "#6f4329")
DEEP = Skin("#6b4330", "#4a2b1f")


def shirt(canvas: Canvas, paint: Paint) -> None:
    """Draw the shoulders and what covers them."""
    canvas.fill(SHOULDERS, paint)


def neck(canvas: Canvas, skin: Skin) -> None:
    """Draw the neck with the shadow that the chin throws on it."""
    shape = smooth([(214, 300), (298, 300), (300, 384), (322, 412), (256, 446), (190, 412), (212, 384)])
    canvas.fill(shape, skin.tone)
    with canvas.within(shape):
        canvas.oval((256, 336), 62, 46, skin.shade)


def head(canvas: Canvas, skin: Skin) -> None:
    """Draw ears, head and cheeks."""
    for ear in (ellipse((170, 246), 20, 28, -8), ellipse((342, 246), 20, 28, 8)):
        canvas.fill(ear, skin.tone)
    canvas.stroke(arc((168, 246), 10, 70, 260), 4, skin.shade)
    canvas.stroke(arc((344, 246), 10, -80, 110), 4, skin.shade)
    canvas.fill(HEAD, skin.tone)
    for x in (204, 308):
        canvas.glow((x, 282), 40, BLUSH, 0.5)


def eyes(canvas: Canvas, brow: str, lift: float = 0) -> None:
    """Draw open eyes and their brows; `lift` raises the brows by so many units."""
    for x in (220, 292):
        canvas.oval((x, 240), 9, 11, INK)
        canvas.dot((x + 3, 236), 3, WHITE)
        canvas.stroke(arc((x, 232 - lift), 22, 222, 318), 7, brow)


def happy_eyes(canvas: Canvas, brow: str) -> None:
    """Draw eyes closed by a smile, and their brows."""
    for x in (220, 292):
        canvas.stroke(arc((x, 246), 15, 200, 340), 6, INK)
        canvas.stroke(arc((x, 230), 24, 230, 310), 7, brow)


def nose(canvas: Canvas, skin: Skin) -> None:
    """Draw the nose as one line."""
    canvas.stroke(smooth([(256, 248), (262, 270), (266, 282), (252, 285)], closed=False), 5, skin.shade)


def smile(canvas: Canvas) -> None:
    """Draw a closed smile."""
    canvas.stroke(arc((256, 284), 30, 30, 150), 6, RUST)


def grin(canvas: Canvas) -> None:
    """Draw a laughing mouth with teeth."""
    mouth = [*arc((256, 302), 32, 0, 180), (224, 302)]
    canvas.fill(mouth, "#8e2f35")
    with canvas.within(mouth):
        canvas.fill(box(220, 298, 292, 311), WHITE)
        canvas.oval((256, 338), 20, 12, BLUSH)


def half_smile(canvas: Canvas) -> None:
    """Draw a smile that only one corner of the mouth joins."""
    canvas.stroke(smooth([(234, 312), (256, 316), (276, 308), (284, 300)], closed=False), 6, RUST)


def round_glasses(canvas: Canvas, frame: str) -> None:
    """Draw round glasses."""
    for x in (218, 294):
        canvas.fill(circle((x, 242), 31), WHITE, 0.22)
        canvas.stroke(arc((x, 242), 31, 0, 360), 6, frame)
    canvas.stroke(arc((256, 246), 10, 200, 340), 6, frame)
    canvas.stroke([(187, 238), (172, 232)], 6, frame)
    canvas.stroke([(325, 238), (340, 232)], 6, frame)


def square_glasses(canvas: Canvas, frame: str) -> None:
    """Draw glasses with heavy square frames."""
    lens = box(186, 216, 248, 266, 12)
    for shape in (lens, mirror(lens, 256)):
        canvas.fill(shape, WHITE, 0.2)
        canvas.stroke([*shape, shape[0]], 7, frame)
    canvas.stroke([(248, 234), (264, 234)], 7, frame)


def freckles(canvas: Canvas, skin: Skin) -> None:
    """Sprinkle freckles over the cheeks and the nose."""
    spots = ((198, 270), (210, 278), (222, 270), (206, 288), (234, 276), (250, 268))
    for x, y in spots:
        canvas.dot((x, y), 3, skin.shade)
        canvas.dot((512 - x, y + 1), 3, skin.shade)


def stubble(canvas: Canvas, colour: str) -> None:
    """Shade the jaw with a few days' beard."""
    with canvas.within(HEAD):
        lip = [(150, 250), (186, 290), (224, 294), (256, 288), (288, 294), (326, 290), (362, 250)]
        canvas.fill([*smooth(lip, closed=False), (362, 380), (150, 380)], colour, 0.22)


def beard(canvas: Canvas, colour: str) -> None:
    """Draw a full beard around the mouth."""
    half = [(170, 240), (186, 272), (212, 292), (240, 292), (256, 288)]
    chin = [(346, 240), (342, 300), (318, 352), (256, 384), (194, 352), (170, 300)]
    right = [(512 - x, y) for x, y in reversed(half[1:-1])]
    canvas.fill(smooth([*half, *right, *chin]), colour)
    canvas.stroke(arc((256, 290), 24, 30, 150), 6, "#fbe3d4")


def roll_neck(canvas: Canvas, colour: str, line: str) -> None:
    """Draw a roll-neck jumper's collar."""
    tube = [(206, 374), (256, 384), (306, 374), (314, 410), (344, 440), (256, 470), (168, 440), (198, 410)]
    canvas.fill(smooth(tube), colour)
    canvas.stroke(smooth([(196, 416), (256, 436), (316, 416)], closed=False), 4, line)


def earrings(canvas: Canvas, colour: str) -> None:
    """Hang a pearl from each ear."""
    for x in (166, 346):
        canvas.dot((x, 280), 9, colour)


def hoops(canvas: Canvas, colour: str) -> None:
    """Hang a ring from each ear."""
    for x in (164, 348):
        canvas.stroke(arc((x, 294), 22, 0, 360), 6, colour)
