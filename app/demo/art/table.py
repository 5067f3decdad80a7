"""Photos of food, most of them taken standing on a chair."""

from random import Random

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.geometry import Point, arc, box, circle, dice, drop, ellipse, move, smooth, star, turn
from app.demo.art.palette import (
    AMBER,
    BARK,
    CORAL,
    CREAM,
    HONEY,
    INK,
    LEAF,
    LILAC,
    MINT,
    MOSS,
    NIGHT,
    PAPER,
    PLUM,
    RUST,
    TEAL,
    WHITE,
    WOOD,
)


def planks(c: Canvas, rolls: Random, tone: str, line: str) -> None:
    """Lay a table of wooden boards over the whole sheet."""
    height = c.height / 5
    for i in range(5):
        c.fill(box(-5, i * height, c.width + 5, (i + 1) * height), tone)
        c.fill(box(-5, i * height, c.width + 5, (i + 1) * height), line, rolls.uniform(0, 0.18))
        for _ in range(7):
            y, x = (i + rolls.uniform(0.1, 0.9)) * height, rolls.uniform(-100, c.width)
            path = [(x, y), (x + 80, y + rolls.uniform(-6, 6)), (x + 200, y + rolls.uniform(-6, 6))]
            c.stroke(smooth(path, closed=False), 1.5, line, 0.35)
        c.stroke([(-5, i * height), (c.width + 5, i * height)], 2.5, line, 0.7)


def ramen(c: Canvas, rolls: Random, at: Point, r: float, glaze: str) -> None:
    """Draw a bowl of ramen from above, `r` units in radius."""
    x, y = at
    c.fill(circle((x + r * 0.06, y + r * 0.1), r * 1.04), INK, 0.4, blur=r * 0.05)
    c.dot(at, r, glaze)
    c.dot(at, r * 0.94, PAPER)
    c.dot(at, r * 0.86, Fade("#d99a4e", "#c07a36"))
    inner = circle(at, r * 0.85)
    with c.within(inner):
        _noodles(c, rolls, at, r)
        c.fill(turn(box(x - r * 0.12, y - r * 0.98, x + r * 0.44, y - r * 0.3, r * 0.03), at, 14), "#26403a")
        c.fill(turn(box(x - r * 0.02, y - r * 0.98, x + r * 0.54, y - r * 0.36, r * 0.03), at, 26), "#35564c")
        for dx, dy in ((-0.42, 0.3), (-0.12, 0.5)):
            _pork(c, (x + dx * r, y + dy * r), r * 0.3)
        for dx, dy, lean in ((0.38, 0.24, 20), (0.16, 0.02, -30)):
            _egg(c, (x + dx * r, y + dy * r), r * 0.24, lean)
        _fish_cake(c, (x - r * 0.44, y - r * 0.26), r * 0.2)
        for _ in range(26):
            spot = (x + rolls.uniform(-0.6, 0.6) * r, y + rolls.uniform(-0.6, 0.6) * r)
            c.stroke(arc(spot, r * 0.035, 0, 360), r * 0.022, rolls.choice([LEAF, "#8cc27a", MOSS]))
        for _ in range(18):
            spot = (x + rolls.uniform(-0.8, 0.8) * r, y + rolls.uniform(-0.8, 0.8) * r)
            c.dot(spot, rolls.uniform(0.02, 0.05) * r, HONEY, 0.45)
    c.stroke(arc(at, r * 0.97, 190, 260), r * 0.025, WHITE, 0.7)


def _noodles(c: Canvas, rolls: Random, at: Point, r: float) -> None:
    for i in range(40):
        centre = (at[0] + rolls.uniform(-0.5, 0.5) * r, at[1] + rolls.uniform(-0.5, 0.5) * r)
        start = rolls.uniform(0, 360)
        path = arc(centre, rolls.uniform(0.25, 0.55) * r, start, start + rolls.uniform(80, 200))
        c.stroke(path, r * 0.035, ("#f6d68c", "#e9bf68", "#f9e2a6")[i % 3])


def _pork(c: Canvas, at: Point, r: float) -> None:
    c.fill(move(circle(at, r), r * 0.06, r * 0.1), BARK, 0.4)
    c.dot(at, r, "#a8624a")
    c.dot(at, r * 0.92, "#e5ad93")
    swirl = [p for k in range(1, 6) for p in arc(at, r * 0.16 * k, k * 180, k * 180 + 180)]
    c.stroke(smooth(swirl[::6], closed=False), r * 0.11, "#b9765b")


def _egg(c: Canvas, at: Point, r: float, lean: float) -> None:
    c.fill(turn(ellipse(at, r * 1.04, r * 0.84), at, lean), "#caa77c")
    c.fill(turn(ellipse(at, r * 0.98, r * 0.78), at, lean), PAPER)
    c.dot(at, r * 0.52, "#ee8f2a")
    c.dot((at[0] - r * 0.05, at[1] - r * 0.05), r * 0.42, AMBER)
    c.dot((at[0] - r * 0.18, at[1] - r * 0.18), r * 0.1, WHITE, 0.8)


def _fish_cake(c: Canvas, at: Point, r: float) -> None:
    c.fill(star(at, r * 1.12, 14, 0.86), "#e7e0d8")
    c.fill(star(at, r * 1.04, 14, 0.86), WHITE)
    swirl = [p for k in range(1, 4) for p in arc(at, r * 0.2 * k, k * 180, k * 180 + 180)]
    c.stroke(smooth(swirl[::5], closed=False), r * 0.16, "#ef7d93")


def chopsticks(c: Canvas, start: Point, end: Point) -> None:
    """Lay a pair of chopsticks."""
    for d in (0, 16):
        c.stroke([(start[0] + d + 4, start[1] + 7), (end[0] + d * 0.7 + 4, end[1] + 7)], 8, INK, 0.3, blur=3)
        c.stroke([(start[0] + d, start[1]), (end[0] + d * 0.7, end[1])], 9, BARK)
        c.stroke([(start[0] + d, start[1]), ((start[0] * 3 + end[0]) / 4 + d, (start[1] * 3 + end[1]) / 4)], 9, RUST)


def ramen_bowl(scale: float) -> Canvas:
    """Draw one perfect bowl."""
    c, rolls = Canvas(640, 640, scale, WOOD), dice("ramen")
    planks(c, rolls, "#7d4d33", BARK)
    cloth = turn(box(60, 80, 580, 560, 6), (320, 320), -4)
    c.fill(cloth, "#33436f")
    with c.within(cloth):
        for i in range(12):
            for j in range(12):
                c.stroke(arc((60 + i * 48, 90 + j * 48), 16, 180, 360), 2, "#5f71a6")
    ramen(c, rolls, (310, 330), 208, RUST)
    chopsticks(c, (560, 120), (540, 560))
    c.fill(circle((92, 104), 62), INK, 0.35, blur=5)
    c.dot((88, 98), 60, TEAL)
    c.dot((88, 98), 52, "#3a2a26")
    c.dot((74, 84), 12, WHITE, 0.25)
    c.vignette("#2b1710", 0.5)
    c.grain(5, "ramen")
    return c


def birthday_cake(scale: float) -> Canvas:
    """Draw a tall cake with seven candles in a dark room."""
    c, rolls = Canvas(600, 750, scale, Fade("#3a2850", "#6b3c5a")), dice("cake")
    for i in range(13):
        x = i * 52.0 - 10
        y = 66 + 30 * (1 - ((x - 300) / 310) ** 2)
        c.glow((x, y), 46, (HONEY, CORAL, MINT, LILAC)[i % 4], 0.8)
        c.dot((x, y), 7, (HONEY, CORAL, MINT, LILAC)[i % 4])
    c.blur(3)
    c.glow((300, 260), 360, AMBER, 0.7)
    c.fill(box(-5, 620, 605, 755), Fade("#8a4f3c", "#4d2a2c"))
    c.fill(ellipse((300, 654), 230, 30), INK, 0.5, blur=8)
    c.oval((300, 640), 214, 34, "#e9dfe6")
    c.oval((300, 634), 200, 28, WHITE)
    for top, bottom, half, tone in ((470, 630, 160, "#f6b9bd"), (326, 466, 112, "#fbdcd2")):
        c.fill([*arc((300, bottom), half, 0, 1), (300 - half, top), (300 + half, top), (300 + half, bottom)], tone)
        c.fill(box(300 - half, top, 300 + half, bottom), Fade(tone, "#e79aa6", sideways=True))
        c.oval((300, bottom), half, 24, Fade(tone, "#e79aa6", sideways=True))
        c.oval((300, top), half, 24, PAPER)
        _icing(c, rolls, (300 - half, top), half * 2)
    for i in range(9):
        x = 170 + i * 32.5
        c.dot((x, 622 - abs(x - 300) * 0.06), 12, CREAM)
    for i in range(7):
        x, y = 214 + i * 28.6, 320 + 10 * (1 - ((i - 3) / 3) ** 2)
        _candle(c, (x, y), (CORAL, TEAL, HONEY)[i % 3])
    for _ in range(50):
        x, y = rolls.uniform(150, 450), rolls.uniform(520, 606)
        piece = turn(box(x - 5, y - 1.6, x + 5, y + 1.6, 1.5), (x, y), rolls.uniform(0, 180))
        c.fill(piece, rolls.choice([TEAL, HONEY, CORAL, PLUM, WHITE]))
    c.vignette("#160c20", 0.6)
    c.grain(5, "cake")
    return c


def _icing(c: Canvas, rolls: Random, left_top: Point, width: float) -> None:
    """Let icing run down from a tier's edge."""
    x, y = left_top
    drips = [(x + width * i / 12, y + (rolls.uniform(28, 56) if i % 2 else 22)) for i in range(1, 12)]
    edge = [(x, y - 4), (x, y + 16), *drips, (x + width, y + 16), (x + width, y - 4)]
    c.fill([*smooth(edge, closed=False), (x + width / 2, y)], PAPER)


def _candle(c: Canvas, foot: Point, colour: str) -> None:
    x, y = foot
    c.fill(box(x - 5, y - 64, x + 5, y, 2), PAPER)
    for dy in (-54, -38, -22, -6):
        c.stroke([(x - 4, y + dy + 5), (x + 4, y + dy - 3)], 4, colour)
    c.glow((x, y - 84), 48, HONEY, 0.9)
    c.fill(drop((x, y - 82), 34), AMBER)
    c.fill(drop((x, y - 78), 19), "#fff6cf")


def dumplings(scale: float) -> Canvas:
    """Draw a steamer of dumplings, one of them already eaten."""
    c, rolls = Canvas(640, 640, scale, TEAL), dice("dumplings")
    for i in range(-2, 12):
        c.fill([(i * 70, -5), (i * 70 + 28, -5), (i * 70 - 120, 645), (i * 70 - 148, 645)], "#287c79")
    c.fill(circle((330, 346), 262), INK, 0.4, blur=12)
    c.dot((320, 330), 258, "#c08a4e")
    for r in range(0, 40, 9):
        c.stroke(arc((320, 330), 252 - r, 0, 360), 2, "#8f6030")
    c.dot((320, 330), 212, "#e0b878")
    with c.within(circle((320, 330), 210)):
        for x in range(110, 540, 16):
            c.stroke([(x, 110), (x, 550)], 3, "#c4975a")
    c.dot((320, 330), 196, "#f6ead2", 0.92)
    for r, count in ((60, 8), (120, 14), (178, 20)):
        for i in range(count):
            c.dot(turn([(320, 330 - r)], (320, 330), i * 360 / count)[0], 5, "#d3b27c")
    for i in (0, 1, 2, 3, 5, 6):  # of seven, one has been eaten
        at = turn([(320, 190)], (320, 330), i * 360 / 7)[0]
        _dumpling(c, at, rolls.uniform(0, 360))
    for x, y in ((452, 360), (330, 342), (306, 320), (346, 322)):
        c.dot((x, y), 4, "#f2ead8")
    c.dot((560, 96), 70, PAPER)
    c.dot((560, 96), 60, "#33211d")
    for _ in range(8):
        c.dot((560 + rolls.uniform(-36, 36), 96 + rolls.uniform(-36, 36)), 4, CORAL)
    chopsticks(c, (56, 560), (250, 600))
    c.vignette(NIGHT, 0.4)
    c.grain(5, "dumplings")
    return c


def _dumpling(c: Canvas, at: Point, lean: float) -> None:
    c.fill(circle((at[0] + 3, at[1] + 7), 58), BARK, 0.35, blur=4)
    c.fill(star(at, 58, 16, 0.95), "#f7ead0")
    for i in range(14):
        fold = [(at[0], at[1] - 8), (at[0] + 8, at[1] - 30), (at[0] + 4, at[1] - 54)]
        c.stroke(turn(smooth(fold, closed=False), at, i * 360 / 14 + lean), 3, "#dcc094")
    c.dot(at, 11, "#f0dcb4")
    c.stroke(arc(at, 9, lean, lean + 260), 4, "#cfae7a")
