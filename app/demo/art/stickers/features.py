"""Eyes, mouths and cheeks that any sticker can wear."""

from collections.abc import Callable
from math import cos, radians, sin

from app.demo.art.canvas import Canvas
from app.demo.art.geometry import Point, arc, box, drop, ellipse, heart, smooth, star
from app.demo.art.palette import AMBER, BLUSH, CORAL, INK, SKY, WHITE

Eye = Callable[[Canvas, Point, float, int], None]  # canvas, centre, radius, side: -1 left, 1 right
Mouth = Callable[[Canvas, Point, float], None]  # canvas, centre, half its width

THROAT = "#8e2f35"


def bright(c: Canvas, at: Point, r: float, _side: int = 0) -> None:
    """Draw an open eye."""
    c.oval(at, r * 0.85, r, INK)
    c.dot((at[0] + r * 0.28, at[1] - r * 0.36), r * 0.32, WHITE)
    c.dot((at[0] - r * 0.28, at[1] + r * 0.4), r * 0.16, WHITE, 0.8)


def joyful(c: Canvas, at: Point, r: float, _side: int = 0) -> None:
    """Draw an eye closed by a smile."""
    c.stroke(arc((at[0], at[1] + r * 0.4), r, 200, 340), r * 0.42, INK)


def shut(c: Canvas, at: Point, r: float, _side: int = 0) -> None:
    """Draw a sleeping eye."""
    c.stroke(arc((at[0], at[1] - r * 0.3), r, 20, 160), r * 0.42, INK)


def squeezed(c: Canvas, at: Point, r: float, side: int) -> None:
    """Draw an eye squeezed shut by laughter."""
    x, y = at
    c.stroke(
        [(x + side * r * 0.8, y - r * 0.7), (x - side * r * 0.7, y), (x + side * r * 0.8, y + r * 0.7)], r * 0.4, INK
    )


def angry(c: Canvas, at: Point, r: float, side: int) -> None:
    """Draw an open eye under a lowered brow."""
    bright(c, at, r, side)
    x, y = at
    c.stroke([(x + side * r * 1.3, y - r * 1.7), (x - side * r * 0.9, y - r * 0.9)], r * 0.5, INK)


def worried(c: Canvas, at: Point, r: float, side: int) -> None:
    """Draw an open eye under a brow raised in the middle."""
    bright(c, at, r, side)
    x, y = at
    c.stroke([(x + side * r * 1.1, y - r * 1.2), (x - side * r * 0.7, y - r * 1.75)], r * 0.36, INK)


def smitten(c: Canvas, at: Point, r: float, _side: int = 0) -> None:
    """Draw a heart for an eye."""
    c.fill(heart(at, r * 2.5), CORAL)


def starry(c: Canvas, at: Point, r: float, _side: int = 0) -> None:
    """Draw a star for an eye."""
    c.fill(star(at, r * 1.4, 5), AMBER)


def winking(c: Canvas, at: Point, r: float, side: int) -> None:
    """Draw the left eye open and the right one closed."""
    (joyful if side > 0 else bright)(c, at, r, side)


def smile(c: Canvas, at: Point, w: float) -> None:
    """Draw a closed smile."""
    c.stroke(arc((at[0], at[1] - w * 0.5), w, 30, 150), w * 0.26, INK)


def laugh(c: Canvas, at: Point, w: float) -> None:
    """Draw an open laughing mouth."""
    x, y = at
    mouth = [*arc((x, y - w * 0.3), w, 0, 180), (x - w, y - w * 0.3)]
    c.fill(mouth, THROAT)
    with c.within(mouth):
        c.oval((x, y + w * 0.75), w * 0.7, w * 0.45, BLUSH)
        c.fill(box(x - w, y - w * 0.4, x + w, y - w * 0.05), WHITE)


def gasp(c: Canvas, at: Point, w: float) -> None:
    """Draw a small round open mouth."""
    c.oval(at, w * 0.5, w * 0.62, THROAT)
    c.oval((at[0], at[1] + w * 0.3), w * 0.3, w * 0.22, BLUSH)


def frown(c: Canvas, at: Point, w: float) -> None:
    """Draw a mouth bent down."""
    c.stroke(arc((at[0], at[1] + w * 0.9), w, 215, 325), w * 0.26, INK)


def wobble(c: Canvas, at: Point, w: float) -> None:
    """Draw a trembling mouth."""
    x, y = at
    bends = [(x + w * (i / 2 - 1), y + w * 0.22 * (-1) ** i) for i in range(5)]
    c.stroke(smooth(bends, closed=False), w * 0.24, INK)


def face(c: Canvas, at: Point, eye: Eye, mouth: Mouth, size: float = 1) -> None:
    """Draw a whole face around a point; at `size` 1 its eyes are 96 units apart."""
    x, y = at
    for side in (-1, 1):
        c.oval((x + side * 78 * size, y + 26 * size), 20 * size, 12 * size, BLUSH, 0.75)
        eye(c, (x + side * 48 * size, y), 17 * size, side)
    mouth(c, (x, y + 28 * size), 20 * size)


def tears(c: Canvas, at: Point, apart: float) -> None:
    """Let a big drop fall on either side of a face."""
    for side in (-1, 1):
        c.fill(drop((at[0] + side * apart, at[1]), 58), SKY)
        c.fill(ellipse((at[0] + side * apart - 6, at[1] + 12), 4, 8, 20), WHITE, 0.8)


def rays(c: Canvas, at: Point, radii: tuple[float, float], angles: tuple[int, ...], paint: str) -> None:
    """Draw short strokes that point away from a centre, from the first radius to the second."""
    for angle in angles:
        x, y = cos(radians(angle)), sin(radians(angle))
        c.stroke([(at[0] + x * r, at[1] + y * r) for r in radii], 11, paint)
