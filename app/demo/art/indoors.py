"""Photos taken inside: rooms, shelves, a stage."""

from random import Random

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.geometry import Point, arc, box, chance, circle, dice, ellipse, leaf, smooth, turn
from app.demo.art.palette import (
    AMBER,
    BARK,
    BLUE,
    CLAY,
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
    ROSE,
    RUST,
    SKY,
    STONE,
    TEAL,
    WHITE,
    WOOD,
)

BOOKS = (CORAL, TEAL, BLUE, PLUM, HONEY, MOSS, RUST, NIGHT, ROSE, CREAM, SKY, CLAY)


def bookshelf(scale: float) -> Canvas:
    """Draw a full bookshelf with a lamp, a globe and a trailing plant."""
    c, rolls = Canvas(600, 800, scale, "#c98f64"), dice("books")
    c.fill(box(20, 20, 580, 790), "#5a3826")
    for shelf in range(5):
        floor = 160 + shelf * 152
        c.fill(box(36, floor - 136, 564, floor), Fade("#3d251a", "#4f3122"))
        _books(c, rolls, (40, 560), floor)
        c.fill(box(20, floor, 580, floor + 16), "#a06a42")
    _globe(c, (470, 408))
    _trailing_plant(c, rolls, (120, 616))
    c.glow((120, 60), 300, HONEY, 0.5)
    c.vignette("#1e1009", 0.5)
    c.grain(5, "books")
    return c


def _books(c: Canvas, rolls: Random, span: tuple[float, float], floor: float) -> None:
    """Fill a shelf from left to right, with a gap or a leaning book now and then."""
    x = span[0]
    while x < span[1] - 34:
        width, height = rolls.uniform(13, 32), rolls.uniform(84, 124)
        lean = 9 if chance(rolls, 0.1) else 0
        cover = turn(box(x, floor - height, x + width, floor, 2), (x + width, floor), lean)
        c.fill(cover, rolls.choice(BOOKS))
        for y in (0.14, 0.2, 0.86):
            band = [(x + 2, floor - height * y), (x + width - 2, floor - height * y)]
            c.stroke(turn(band, (x + width, floor), lean), 2, PAPER, 0.55)
        x += width + 1.5 + (14 if lean else 0) + (rolls.uniform(20, 60) if chance(rolls, 0.06) else 0)


def _trailing_plant(c: Canvas, rolls: Random, at: Point) -> None:
    """Draw a plant whose stems hang over the edge of its shelf; `at` is the foot of its pot."""
    x, y = at
    c.fill(box(x - 62, y - 132, x + 62, y), "#452a1d")
    c.fill([(x - 40, y - 66), (x + 40, y - 66), (x + 30, y), (x - 30, y)], MINT)
    c.fill(box(x - 46, y - 76, x + 46, y - 56, 4), PAPER)
    for i in range(14):
        start, end = (x - 36 + i * 5.5, y - 70), (x - 78 + i * 12 + rolls.uniform(-8, 8), y + rolls.uniform(-30, 120))
        middle = ((start[0] + end[0]) / 2, start[1] - 30)
        stem = smooth([start, middle, end], closed=False)
        c.stroke(stem, 2.5, MOSS)
        for spot in stem[6::3]:
            tip = (spot[0] + rolls.uniform(-20, 20), spot[1] + rolls.uniform(10, 22))
            c.fill(leaf(spot, tip, 15), rolls.choice([LEAF, MOSS, "#8cc27a"]))


def _globe(c: Canvas, at: Point) -> None:
    x, y = at
    c.fill(box(x - 66, y - 78, x + 70, y + 56), "#452a1d")
    c.dot(at, 44, Fade("#6fb0d6", "#3f74a8"))
    with c.within(circle(at, 44)):
        c.fill(smooth([(x - 40, y - 20), (x - 10, y - 36), (x + 6, y - 14), (x - 14, y + 6), (x - 20, y + 30)]), LEAF)
        c.fill(smooth([(x + 14, y + 2), (x + 40, y - 10), (x + 44, y + 20), (x + 20, y + 34)]), LEAF)
    c.stroke(arc(at, 52, -60, 110), 5, HONEY)
    c.stroke([(x, y + 50), (x, y + 54)], 10, HONEY)
    c.fill(box(x - 30, y + 48, x + 30, y + 56, 4), WOOD)


def moving_day(scale: float) -> Canvas:
    """Draw an empty room with its boxes, a lamp and a plant."""
    c, rolls = Canvas(800, 600, scale, Fade("#f3e3cf", "#e8cfae")), dice("boxes")
    c.fill(box(-5, 430, 805, 605), Fade("#c58f5f", "#9c6a41"))
    for i in range(12):
        c.stroke([(400 + (i - 5.5) * 60, 430), (400 + (i - 5.5) * 150, 605)], 2, "#8a5a36", 0.7)
    c.fill(box(-5, 418, 805, 432), PAPER)
    c.fill(box(470, 60, 730, 340, 3), PAPER)
    c.fill(box(486, 76, 714, 324), Fade("#8fd0ee", "#fbeacb"))
    c.fill([(486, 324), (486, 280), (540, 240), (590, 276), (640, 230), (714, 286), (714, 324)], "#9cc0a0")
    c.stroke([(600, 76), (600, 324)], 8, PAPER)
    c.stroke([(486, 190), (714, 190)], 8, PAPER)
    c.fill([(300, 605), (520, 432), (690, 432), (560, 605)], "#ffe3a8", 0.4)
    for x, y, w, h in ((60, 400, 170, 130), (80, 284, 140, 116), (244, 430, 150, 110), (560, 452, 180, 110)):
        _carton(c, rolls, (x, y, w, h))
    c.stroke([(318, 436), (318, 210)], 6, INK)
    c.glow((318, 190), 150, HONEY, 0.6)
    c.fill([(280, 220), (356, 220), (338, 150), (298, 150)], AMBER)
    c.fill([(616, 452), (680, 452), (672, 400), (624, 400)], CORAL)
    for lean in (-50, -24, 0, 26, 52):
        c.fill(turn(leaf((648, 402), (648, 300), 34), (648, 402), lean), rolls.choice([LEAF, MOSS]))
    c.grain(5, "boxes")
    return c


def _carton(c: Canvas, rolls: Random, at: tuple[float, float, float, float]) -> None:
    """Draw a taped cardboard box; `at` is left, top, width and height."""
    x, y, w, h = at
    c.fill(ellipse((x + w * 0.54, y + h), w * 0.58, 12), INK, 0.35, blur=5)
    c.fill(box(x, y, x + w, y + h), Fade("#d3a06a", "#bb8650"))
    c.fill([(x, y), (x + 18, y - 18), (x + w + 14, y - 18), (x + w, y)], "#e0b581")
    c.fill([(x + w, y), (x + w + 14, y - 18), (x + w + 14, y + h - 16), (x + w, y + h)], "#a37242")
    c.fill(box(x + w * 0.42, y - 1, x + w * 0.58, y + h * 0.36), "#ecd2a4")
    for i in range(3):
        end = x + w * rolls.uniform(0.3, 0.46)
        c.stroke([(x + w * 0.1, y + h * (0.58 + i * 0.12)), (end, y + h * (0.58 + i * 0.12))], 4, BARK, 0.8)


def rehearsal(scale: float) -> Canvas:
    """Draw a cellar with a drum kit, an amplifier and a bass."""
    c, rolls = Canvas(800, 600, scale, Fade("#4b3a5e", "#6d4a62")), dice("cellar")
    for row in range(10):
        for col in range(-1, 10):
            x, y = col * 92 + (row % 2) * 46, row * 44
            c.fill(box(x + 2, y + 2, x + 88, y + 40, 3), rolls.choice(["#5a4468", "#604a6c", "#543f62"]))
    for i in range(15):
        x = i * 58
        y = 50 + 16 * (i % 2)
        c.stroke([(x - 58, 50 + 16 * ((i + 1) % 2)), (x, y)], 2, INK)
        c.glow((x, y + 8), 50, AMBER, 0.7)
        c.dot((x, y + 8), 5, PAPER)
    c.fill(box(-5, 440, 805, 605), Fade("#573a33", "#33211f"))
    c.fill(ellipse((430, 520), 330, 62), RUST)
    c.fill(ellipse((430, 520), 296, 50), "#a83f3a")
    c.stroke(ellipse((430, 520), 270, 42), 4, HONEY)
    _drums(c)
    _amplifier(c)
    _bass(c)
    c.vignette("#120a18", 0.55)
    c.grain(5, "cellar")
    return c


def _drums(c: Canvas) -> None:
    for path in ([(300, 500), (330, 260)], [(600, 500), (570, 240)], [(250, 510), (270, 340)]):
        c.stroke(path, 5, STONE)
    for at, rx, lean in (((322, 262), 66, -10), ((580, 240), 78, 10), ((262, 344), 50, -4)):
        c.fill(turn(ellipse(at, rx, 13), at, lean), AMBER)
        c.fill(turn(ellipse((at[0], at[1] - 3), rx * 0.9, 8), at, lean), HONEY)
        c.dot((at[0], at[1] - 8), 5, INK)
    for x, y, w, h in ((362, 300, 94, 80), (468, 300, 94, 80), (548, 400, 96, 100), (270, 410, 92, 60)):
        c.fill(box(x, y, x + w, y + h, 6), Fade("#3fa6a0", "#20716e"))
        c.oval((x + w / 2, y), w / 2, 14, PAPER)
        c.stroke(ellipse((x + w / 2, y), w / 2, 14), 4, STONE)
    c.dot((452, 430), 92, "#1f6b69")
    c.dot((452, 430), 84, PAPER)
    c.stroke(arc((452, 430), 90, 0, 360), 8, STONE)
    kettle = smooth([(412, 466), (408, 424), (430, 398), (474, 398), (496, 424), (492, 466)])
    c.fill(kettle, CORAL)
    c.stroke(arc((452, 398), 30, 190, 350), 7, INK)
    c.stroke(smooth([(492, 440), (514, 430), (520, 408)], closed=False), 10, CORAL)
    c.dot((452, 392), 6, INK)


def _amplifier(c: Canvas) -> None:
    c.fill(box(40, 340, 210, 540, 8), INK)
    c.fill(box(52, 384, 198, 528, 4), "#6b5a4c")
    for x in range(58, 198, 8):
        c.stroke([(x, 386), (x, 526)], 1.5, "#4c3f36")
    c.dot((125, 456), 56, "#3c3029", 0.8)
    for i in range(5):
        c.dot((66 + i * 26, 362), 8, CREAM)
    c.dot((192, 362), 5, CORAL)


def _bass(c: Canvas) -> None:
    at = (706, 470)
    neck = turn(box(698, 180, 714, 430), at, -12)
    body = smooth(
        [
            (706, 400),
            (750, 390),
            (764, 440),
            (748, 474),
            (770, 520),
            (740, 560),
            (672, 560),
            (646, 520),
            (666, 474),
            (650, 436),
            (668, 396),
        ]
    )
    c.fill(turn(body, at, -12), Fade("#e0853a", "#a8481f"))
    c.fill(turn(smooth([(690, 430), (740, 440), (730, 500), (690, 510)]), at, -12), PAPER)
    c.fill(neck, BARK)
    c.fill(turn(box(690, 140, 722, 186, 8), at, -12), "#a8481f")
    for x in (700, 704, 708, 712):
        c.stroke(turn([(x, 160), (x, 530)], at, -12), 1, CREAM)
    for y in (150, 166):
        for x in (686, 726):
            c.dot(turn([(x, y)], at, -12)[0], 5, STONE)


def stage(scale: float) -> Canvas:
    """Draw a band in silhouette under beams of light, hands in the air."""
    c, rolls = Canvas(800, 534, scale, Fade("#1a1238", "#4a1d58")), dice("stage")
    for x, lean, tone in ((90.0, 24, CORAL), (230, 10, AMBER), (400, 0, LILAC), (570, -10, TEAL), (710, -24, CORAL)):
        beam = [(x - 8, 0), (x + 8, 0), (x + 110, 560), (x - 110, 560)]
        c.fill(turn(beam, (x, 0), -lean), tone, 0.34, blur=8)
        c.glow((x, 14), 60, tone, 1)
        c.dot((x, 12), 9, WHITE)
    c.fill(box(-5, 18, 805, 26), "#0d081c")
    c.glow((400, 330), 300, HONEY, 0.4)
    c.fill(box(-5, 390, 805, 540), "#150c28")
    c.fill(box(-5, 386, 805, 394), "#5b3a7a")
    _drummer(c)
    _player(c, 220, guitar=True)
    _player(c, 580, guitar=True)
    _player(c, 400, guitar=False)
    for _ in range(60):
        x, y = rolls.uniform(0, 800), rolls.uniform(60, 420)
        piece = turn(box(x - 5, y - 3, x + 5, y + 3, 1), (x, y), rolls.uniform(0, 180))
        c.fill(piece, rolls.choice([HONEY, CORAL, MINT, WHITE]), rolls.uniform(0.4, 1))
    for i in range(24):
        x, y = i * 36 - 10 + rolls.uniform(-8, 8), rolls.uniform(470, 500)
        c.dot((x, y), 21, "#07040f")
        c.fill(box(x - 32, y + 14, x + 32, 560, 20), "#07040f")
        if chance(rolls, 0.5):
            top = (x + rolls.uniform(-16, 16), y - rolls.uniform(60, 100))
            c.stroke([(x + 24, y + 40), (x + 26, y), top], 12, "#07040f")
            c.dot(top, 9, "#07040f")
    c.grain(6, "stage")
    return c


def _player(c: Canvas, x: float, *, guitar: bool) -> None:
    """Draw a musician standing at `x`."""
    tone = "#0b0618"
    c.dot((x, 228), 19, tone)
    c.fill(smooth([(x - 28, 252), (x, 246), (x + 28, 252), (x + 22, 330), (x - 22, 330)]), tone)
    for s in (-1, 1):
        c.stroke([(x + s * 12, 320), (x + s * 24, 390)], 15, tone)
    if guitar:
        c.stroke([(x - 30, 306), (x + 84, 258)], 7, tone)
        c.fill(turn(ellipse((x - 22, 302), 32, 20), (x - 22, 302), -22), tone)
        c.stroke([(x + 22, 262), (x + 44, 290), (x + 62, 270)], 11, tone)
        c.stroke([(x - 22, 262), (x - 44, 286), (x - 14, 304)], 11, tone)
        return
    c.dot((x, 214), 30, tone)
    c.stroke([(x - 22, 262), (x - 50, 226), (x - 58, 180)], 11, tone)
    c.stroke([(x + 22, 262), (x + 36, 250), (x + 16, 236)], 11, tone)
    c.stroke([(x + 14, 238), (x + 30, 232)], 7, tone)
    c.stroke([(x + 26, 236), (x + 40, 390)], 4, tone)


def _drummer(c: Canvas) -> None:
    tone = "#241440"
    c.fill(box(300, 330, 500, 392), "#3a2058")
    c.dot((490, 270), 17, tone)
    c.fill(smooth([(464, 292), (490, 286), (516, 292), (520, 350), (460, 350)]), tone)
    c.stroke([(470, 300), (440, 280), (430, 240)], 9, tone)
    c.stroke([(512, 300), (544, 290), (556, 256)], 9, tone)
    for x in (440, 545):
        c.oval((x, 316), 34, 6, HONEY, 0.7)
    c.dot((490, 370), 40, tone)
    c.stroke(arc((490, 370), 38, 180, 360), 4, LILAC)
