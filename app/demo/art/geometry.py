"""Outlines as lists of points: what a canvas fills and strokes. Angles are degrees, clockwise from three o'clock."""

from collections.abc import Iterable, Sequence
from math import cos, hypot, pi, radians, sin
from random import Random

Point = tuple[float, float]
Outline = list[Point]

STEPS = 12  # points for each stretch of a smooth curve: no corner shows at twice the final size


def dice(seed: str) -> Random:
    """Give the random numbers of one drawing, the same on every machine and in every run."""
    return Random(seed)  # noqa: S311 - drawings need repeatable dice, not secret ones


def chance(rolls: Random, odds: float) -> bool:
    """Roll the dice: true in `odds` (0 to 1) of all cases."""
    return rolls.random() < odds


def ellipse(centre: Point, rx: float, ry: float, turned: float = 0) -> Outline:
    """Give an ellipse of the two radii, turned about its centre."""
    count = max(24, round((rx + ry) ** 0.5 * 6))
    angles = (2 * pi * i / count for i in range(count))
    points = [(centre[0] + rx * cos(a), centre[1] + ry * sin(a)) for a in angles]
    return turn(points, centre, turned) if turned else points


def circle(centre: Point, radius: float) -> Outline:
    """Give a circle."""
    return ellipse(centre, radius, radius)


def arc(centre: Point, radius: float, start: float, end: float) -> Outline:
    """Give the open arc between two angles, `start` first."""
    count = max(8, int(abs(end - start) / 5))
    angles = (radians(start + (end - start) * i / count) for i in range(count + 1))
    return [(centre[0] + radius * cos(a), centre[1] + radius * sin(a)) for a in angles]


def box(left: float, top: float, right: float, bottom: float, radius: float = 0) -> Outline:
    """Give a rectangle, its corners rounded by `radius`."""
    r = min(radius, (right - left) / 2, (bottom - top) / 2)
    if r <= 0:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    corners = ((right - r, top + r, -90), (right - r, bottom - r, 0), (left + r, bottom - r, 90))
    last = arc((left + r, top + r), r, 180, 270)
    return [p for x, y, start in corners for p in arc((x, y), r, start, start + 90)] + last


def smooth(points: Sequence[Point], *, closed: bool = True) -> Outline:
    """Draw a soft curve (Catmull-Rom) through the points."""
    n = len(points)
    if closed:
        at = [points[i % n] for i in range(-1, n + 2)]
        stretches = n
    else:
        at = [points[0], *points, points[-1]]
        stretches = n - 1
    curve = [_between(at[i : i + 4], k / STEPS) for i in range(stretches) for k in range(STEPS)]
    return curve if closed else [*curve, points[-1]]


def _between(p: Sequence[Point], t: float) -> Point:
    """Give the point at `t` (0 to 1) on the stretch from the second to the third of four points."""
    weights = (
        -0.5 * t**3 + t**2 - 0.5 * t,
        1.5 * t**3 - 2.5 * t**2 + 1,
        -1.5 * t**3 + 2 * t**2 + 0.5 * t,
        0.5 * t**3 - 0.5 * t**2,
    )
    x = sum(w * q[0] for w, q in zip(weights, p, strict=True))
    y = sum(w * q[1] for w, q in zip(weights, p, strict=True))
    return x, y


def star(centre: Point, radius: float, points: int, depth: float = 0.45) -> Outline:
    """Give a star with its first point upward; `depth` is the inner radius as a part of the outer."""
    radii = (radius, radius * depth)
    angles = (radians(-90 + 180 * i / points) for i in range(2 * points))
    return [(centre[0] + radii[i % 2] * cos(a), centre[1] + radii[i % 2] * sin(a)) for i, a in enumerate(angles)]


def heart(centre: Point, size: float) -> Outline:
    """Give a heart about `size` wide."""
    half = size / 2
    shape = ((0, -0.45), (0.5, -0.95), (1, -0.5), (0.62, 0.2), (0, 0.95), (-0.62, 0.2), (-1, -0.5), (-0.5, -0.95))
    return smooth([(centre[0] + x * half, centre[1] + y * half) for x, y in shape])


def drop(centre: Point, size: float) -> Outline:
    """Give a falling drop, `size` tall, its tip upward."""
    shape = ((0, -0.5), (0.16, -0.12), (0.3, 0.2), (0.18, 0.45), (-0.18, 0.45), (-0.3, 0.2), (-0.16, -0.12))
    return smooth([(centre[0] + x * size, centre[1] + y * size) for x, y in shape])


def leaf(root: Point, tip: Point, width: float) -> Outline:
    """Give a leaf from its root to its tip, `width` across at its middle."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    length = hypot(dx, dy) or 1
    nx, ny = -dy / length * width / 2, dx / length * width / 2
    right = [(0.25, 0.8), (0.5, 1.0), (0.8, 0.5)]
    side = [(root[0] + dx * t + nx * w, root[1] + dy * t + ny * w) for t, w in right]
    other = [(root[0] + dx * t - nx * w, root[1] + dy * t - ny * w) for t, w in reversed(right)]
    return smooth([root, *side, tip, *other])


def move(points: Iterable[Point], dx: float, dy: float) -> Outline:
    """Shift an outline."""
    return [(x + dx, y + dy) for x, y in points]


def turn(points: Iterable[Point], about: Point, angle: float) -> Outline:
    """Turn an outline clockwise about a point."""
    c, s = cos(radians(angle)), sin(radians(angle))
    from_about = ((x - about[0], y - about[1]) for x, y in points)
    return [(about[0] + x * c - y * s, about[1] + x * s + y * c) for x, y in from_about]


def mirror(points: Iterable[Point], x: float) -> Outline:
    """Reflect an outline in the vertical line at `x`."""
    return [(2 * x - px, py) for px, py in points]
