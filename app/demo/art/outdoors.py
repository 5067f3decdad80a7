"""Photos taken outside: hills, water, streets."""

import itertools
from random import Random

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.geometry import Outline, arc, box, chance, dice, ellipse, leaf, smooth, turn
from app.demo.art.palette import (
    AMBER,
    BARK,
    CORAL,
    HONEY,
    INK,
    LEAF,
    LILAC,
    MINT,
    MOSS,
    NIGHT,
    PAPER,
    ROSE,
    RUST,
    SKY,
    STONE,
    TEAL,
    WHITE,
    WOOD,
)


def ridge(rolls: Random, width: float, level: float, rise: float, step: float) -> Outline:
    """Give a jagged skyline about `level`, with peaks up to `rise`, closed far below the sheet."""
    points, x = [(-20.0, level)], -20.0
    while x < width + step:
        x += step * rolls.uniform(0.6, 1.4)
        points.append((x, level - rolls.uniform(-0.2, 1) * rise))
    return [*points, (width + 40, 3000), (-20, 3000)]


def roughened(rolls: Random, points: Outline, depth: int, sway: float) -> Outline:
    """Break each edge of a skyline into smaller ones, as rock does."""
    for _ in range(depth):
        finer = [points[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            finer += [((ax + bx) / 2, (ay + by) / 2 + rolls.uniform(-sway, sway)), (bx, by)]
        points, sway = finer, sway / 2
    return points


def fir(c: Canvas, x: float, foot: float, height: float, colour: str) -> None:
    """Draw a fir tree."""
    for i in range(5):
        top, half = foot - height * (1 - i * 0.17), height * (0.09 + i * 0.05)
        c.fill([(x, top), (x + half, top + height * 0.32), (x - half, top + height * 0.32)], colour)


def mountain_dawn(scale: float) -> Canvas:
    """Draw first light behind a mountain, seen over mist and firs."""
    c, rolls = Canvas(800, 534, scale, Fade("#33437c", "#ffcf9a")), dice("dawn")
    for _ in range(50):
        c.dot((rolls.uniform(0, 800), rolls.uniform(0, 150)), rolls.uniform(0.5, 1.3), WHITE, rolls.uniform(0.2, 0.9))
    c.glow((520, 320), 420, "#ff9d6b", 0.9)
    c.glow((520, 300), 160, "#fff0b8", 1)
    peak = [(150.0, 420.0), (300, 240), (360, 170), (400, 122), (450, 190), (520, 250), (620, 340), (720, 420)]
    c.fill(roughened(rolls, peak, 3, 16), Fade("#6d5a94", "#c98b9c"))
    c.fill(
        roughened(rolls, [(336.0, 200.0), (400, 122), (450, 190), (424, 220), (402, 186), (376, 222)], 2, 8), "#ffe3d6"
    )
    for level, paint in ((400, "#8a6f9f"), (436, "#5f5a8e"), (470, "#41497c")):
        c.fill(roughened(rolls, ridge(rolls, 800, level, 60, 110), 3, 12), paint)
        for _ in range(3):
            c.fill(ellipse((rolls.uniform(0, 800), level + 14), 260, 13), "#ffe0cc", 0.32, blur=9)
    for i in range(34):
        x = i * 25 + rolls.uniform(-10, 10)
        fir(c, x, 560, rolls.uniform(60, 120) + abs(x - 400) * 0.12, "#1d2748")
    c.vignette(NIGHT, 0.35)
    c.grain(5, "dawn")
    return c


def panorama(scale: float) -> Canvas:
    """Draw ridge behind ridge in blue haze, very wide."""
    c, rolls = Canvas(1200, 400, scale, Fade("#bfe3f2", "#fff1dc")), dice("panorama")
    c.glow((900, 120), 200, WHITE, 0.9)
    for i, paint in enumerate(("#b4d2e2", "#93bad2", "#6f9fbd", "#4e83a1", "#3a6a80", "#2b5560")):
        level, rise = 170 + i * 38, 90 - i * 9
        c.fill(roughened(rolls, ridge(rolls, 1200, level, rise, 120), 3, 14), paint)
        c.fill(ellipse((rolls.uniform(200, 1000), level + 30), 420, 12), PAPER, 0.28, blur=9)
    for i in range(70):
        fir(c, i * 18 + rolls.uniform(-6, 6), 424, rolls.uniform(30, 84), "#1f3f46")
    for x, y in ((300, 90), (330, 104), (352, 86)):
        c.stroke(
            smooth([(x - 12, y - 5), (x - 4, y - 7), (x, y), (x + 4, y - 7), (x + 12, y - 5)], closed=False), 2, INK
        )
    c.grain(4, "panorama")
    return c


def beach(scale: float) -> Canvas:
    """Draw a beach with a red and white parasol and one sail."""
    c, rolls = Canvas(800, 450, scale, Fade("#6fc0e4", "#e5f5f3")), dice("beach")
    for x, y, size in ((140.0, 90.0, 1.0), (560.0, 70.0, 1.3), (690.0, 120.0, 0.7)):
        for dx, dy, r in ((-34, 4, 18), (-8, -8, 26), (22, -2, 22), (44, 6, 14)):
            c.dot((x + dx * size, y + dy * size), r * size, WHITE, 0.85)
    c.fill(box(-5, 190, 805, 330), Fade("#2a8fb0", "#7fd3cf"))
    for _ in range(90):
        x, y = rolls.uniform(0, 800), rolls.uniform(196, 290)
        c.stroke([(x, y), (x + rolls.uniform(6, 40), y)], 1.5, WHITE, rolls.uniform(0.15, 0.5))
    c.fill([(620, 192), (668, 192), (656, 206), (630, 206)], WOOD)
    c.fill([(642, 190), (642, 120), (674, 184)], PAPER)
    c.fill([(638, 190), (638, 132), (618, 184)], CORAL)
    shore = smooth([(-40, 300), (120, 284), (300, 308), (480, 288), (660, 300), (860, 280), (860, 500), (-40, 500)])
    c.fill([(x, y - 8) for x, y in shore], WHITE, 0.8)
    c.fill(shore, Fade("#f2d9a3", "#e5bf7d"))
    for _ in range(160):
        c.dot((rolls.uniform(0, 800), rolls.uniform(316, 450)), rolls.uniform(0.6, 1.6), "#c99b58", 0.6)
    c.fill(ellipse((300, 398), 130, 15), "#a87a45", 0.5, blur=4)
    c.stroke([(236, 200), (270, 396)], 6, PAPER)
    _parasol(c)
    towel = [(330, 366), (470, 356), (500, 392), (346, 404)]
    c.fill(towel, TEAL)
    for i in range(4):
        c.fill(
            [(342 + i * 36, 365 - i * 2), (356 + i * 36, 364 - i * 2), (376 + i * 37, 401), (360 + i * 37, 402)], MINT
        )
    c.dot((560, 380), 22, CORAL)
    c.fill(turn(ellipse((560, 380), 9, 22), (560, 380), 20), PAPER)
    c.grain(4, "beach")
    return c


def _parasol(c: Canvas) -> None:
    """Draw the parasol of the beach, tilted into the sun."""
    top = (232, 180)
    dome = [*arc((232, 250), 128, 190, 350)]
    c.fill(turn(dome, top, -8), CORAL)
    for start in (216, 268, 320):
        panel = [(232, 122), *arc((232, 250), 128, start - 13, start + 13)]
        c.fill(turn(panel, top, -8), PAPER)
    for i in range(5):
        x = 132 + i * 50
        c.fill(turn(ellipse((x, 236 - 4 * (2 - abs(i - 2))), 26, 9), top, -8), RUST if i % 2 else ROSE)


def bicycle(scale: float) -> Canvas:
    """Draw a mint bicycle with a basket of flowers against a wall."""
    c, rolls = Canvas(800, 534, scale, Fade("#f4cfa6", "#eab98a")), dice("bicycle")
    for row in range(9):
        for col in range(-1, 9):
            x, y = col * 110 + (row % 2) * 55, row * 46
            if chance(rolls, 0.35):
                c.fill(box(x + 3, y + 3, x + 104, y + 40, 4), "#e0a878", 0.5)
    _flower_window(c, rolls)
    c.fill(box(-5, 430, 805, 540), Fade("#b9a89c", "#8f8078"))
    for _ in range(40):
        spot = rolls.uniform(0, 800), rolls.uniform(440, 530)
        c.oval(spot, rolls.uniform(14, 30), 5, "#a2948a", 0.6)
    c.fill(ellipse((380, 468), 270, 13), INK, 0.4, blur=4)
    _wheels_and_frame(c)
    _basket(c, rolls)
    c.grain(5, "bicycle")
    return c


def _flower_window(c: Canvas, rolls: Random) -> None:
    c.fill(box(540, 40, 700, 260, 4), BARK)
    c.fill(box(550, 50, 690, 250), Fade("#7fb2cf", "#d5ecee"))
    c.stroke([(620, 50), (620, 250)], 8, BARK)
    c.stroke([(550, 150), (690, 150)], 8, BARK)
    c.fill(box(526, 256, 714, 276, 3), WOOD)
    for i in range(24):
        x = 536 + i * 7.4
        c.fill(
            leaf((x, 258), (x + rolls.uniform(-14, 14), 258 - rolls.uniform(16, 44)), 12), rolls.choice([LEAF, MOSS])
        )
        c.dot((x, 250 - rolls.uniform(0, 34)), 5, rolls.choice([CORAL, HONEY, ROSE]))


def _wheels_and_frame(c: Canvas) -> None:
    for x in (230, 530):
        c.stroke(arc((x, 370), 94, 0, 360), 10, INK)
        c.stroke(arc((x, 370), 84, 0, 360), 3, STONE)
        for i in range(16):
            c.stroke([(x, 370), turn([(x, 286)], (x, 370), i * 22.5)[0]], 1, "#6d6f7c")
        c.dot((x, 370), 8, STONE)
    for path in ([(230, 370), (310, 240), (480, 232), (366, 376), (230, 370)], [(310, 240), (366, 376)]):
        c.stroke(path, 10, "#57b59d")
    c.stroke([(470, 190), (490, 250), (530, 370)], 10, "#57b59d")
    c.stroke([(310, 240), (300, 206)], 7, STONE)
    c.fill(smooth([(256, 196), (300, 190), (344, 200), (330, 212), (280, 214)]), BARK)
    c.stroke(smooth([(470, 192), (440, 170), (410, 176)], closed=False), 8, BARK)
    c.stroke(arc((366, 376), 22, 0, 360), 6, INK)
    c.stroke([(366, 376), (392, 412)], 6, INK)
    c.stroke([(378, 416), (408, 412)], 8, INK)


def _basket(c: Canvas, rolls: Random) -> None:
    for i in range(14):
        x = 496 + i * 6.5
        c.dot((x, 176 - rolls.uniform(0, 30)), 11, rolls.choice([CORAL, HONEY, LILAC, PAPER, ROSE]))
    c.fill([(482, 178), (592, 178), (576, 246), (498, 246)], "#c08a4e")
    for i in range(4):
        c.stroke([(486 + i * 3, 192 + i * 15), (588 - i * 3, 192 + i * 15)], 3, "#9c6b36")


FRONT_ROW, GAP = 2, (150, 300)  # the nearest houses leave the middle of the street open


def city_rain(scale: float) -> Canvas:
    """Draw a wet street at night with lit windows and one umbrella."""
    c, rolls = Canvas(534, 800, scale, Fade("#131a3a", "#4b3f74")), dice("rain")
    for i, paint in enumerate(("#232b57", "#1a2147", "#121734")):
        for col in range(7 - i):
            left = col * (82 + i * 12) + rolls.uniform(-24, 10)
            right, top = left + rolls.uniform(70, 100), rolls.uniform(110, 300) + i * 56
            if i < FRONT_ROW or not GAP[0] < left < GAP[1]:
                c.fill(box(left, top, right, 610), paint)
                _windows(c, rolls, (left, top, right))
    c.glow((267, 560), 220, CORAL, 0.35)
    c.fill(box(-5, 590, 540, 805), Fade("#2b2f5c", "#0c1028"))
    for _ in range(60):
        x, y = rolls.uniform(0, 534), rolls.uniform(600, 780)
        tone = rolls.choice([AMBER, CORAL, HONEY, SKY, TEAL])
        c.fill(ellipse((x, y), rolls.uniform(5, 16), rolls.uniform(14, 50)), tone, rolls.uniform(0.1, 0.4), blur=5)
    for lamp, arm in ((60, 1), (470, -1)):
        c.stroke([(lamp, 620), (lamp, 330), (lamp + 30 * arm, 314)], 6, "#0a0d20")
        c.glow((lamp + 34 * arm, 322), 100, HONEY, 0.9)
        c.dot((lamp + 34 * arm, 320), 9, PAPER)
    _walker(c)
    for _ in range(240):
        x, y = rolls.uniform(-20, 534), rolls.uniform(-20, 800)
        c.stroke([(x, y), (x - 5, y + rolls.uniform(14, 36))], 1.1, SKY, rolls.uniform(0.12, 0.45))
    c.grain(5, "rain")
    return c


def _walker(c: Canvas) -> None:
    """Draw somebody under a red umbrella, seen from behind."""
    c.fill(ellipse((267, 706), 60, 10), "#05071a", 0.7, blur=4)
    c.fill(smooth([(240, 560), (294, 560), (304, 650), (230, 650)]), "#8c2147")
    for x in (254, 280):
        c.stroke([(x, 640), (x, 702)], 11, "#0a0d20")
    c.dot((267, 540), 19, BARK)
    c.fill(
        [
            *arc((267, 540), 92, 180, 360),
            *smooth([(359, 540), (313, 528), (267, 540), (221, 528), (175, 540)], closed=False),
        ],
        CORAL,
    )
    c.fill([(267, 448), *arc((267, 540), 92, 236, 304), (267, 540)], "#ff927b", 0.6)
    c.stroke([(267, 448), (267, 434)], 5, INK)


def _windows(c: Canvas, rolls: Random, house: tuple[float, float, float]) -> None:
    """Light some of a house's windows; `house` is its left, top and right."""
    left, top, right = house
    for row in range(int((590 - top) / 26)):
        for col in range(int((right - left - 12) / 18)):
            if chance(rolls, 0.42):
                x, y = left + 9 + col * 18, top + 12 + row * 26
                c.fill(box(x, y, x + 9, y + 14), rolls.choice([AMBER, HONEY, HONEY, "#7d8cc4"]), rolls.uniform(0.5, 1))
