"""Portraits without a person: a cat, a plant, a raven."""

from app.demo.art.canvas import Canvas, Fade
from app.demo.art.face import portrait
from app.demo.art.geometry import arc, box, circle, dice, leaf, mirror, smooth, turn
from app.demo.art.palette import (
    AMBER,
    BARK,
    BLUSH,
    CLAY,
    CORAL,
    CREAM,
    HONEY,
    INK,
    LEAF,
    MOSS,
    NIGHT,
    PAPER,
    ROSE,
    RUST,
    TEAL,
    WHITE,
)


def cat(scale: float) -> Canvas:
    """Marmalade the cat, who is too proud to blink."""
    c, fur, stripe = portrait(scale, Fade("#7fb2cf", "#5f98ba")), "#f0963f", "#cf6d22"
    c.fill(box(-10, 430, 522, 522), "#4a7f9f")
    c.fill(smooth([(150, 540), (130, 420), (180, 340), (332, 340), (382, 420), (362, 540)]), fur)
    c.fill(smooth([(256, 380), (310, 430), (300, 540), (212, 540), (202, 430)]), CREAM)
    ear = smooth([(132, 214), (120, 130), (132, 70), (190, 104), (240, 150)])
    inner = smooth([(148, 180), (140, 130), (146, 102), (182, 126), (204, 152)])
    for shape, paint in ((ear, fur), (inner, ROSE)):
        c.fill(shape, paint)
        c.fill(mirror(shape, 256), paint)
    face_shape = smooth(
        [
            (256, 128),
            (350, 150),
            (404, 230),
            (390, 320),
            (320, 372),
            (256, 382),
            (192, 372),
            (122, 320),
            (108, 230),
            (162, 150),
        ]
    )
    c.fill(face_shape, fur)
    with c.within(face_shape):
        for x, end in ((256, 206), (216, 186), (296, 186)):
            c.fill(leaf((x, 110), (x, end), 22), stripe)
        for y in (236, 276, 316):
            c.fill(leaf((90, y), (166, y + 8), 18), stripe)
            c.fill(leaf((422, y), (346, y + 8), 18), stripe)
        c.oval((256, 342), 84, 60, CREAM)
    for x in (196, 316):
        c.oval((x, 246), 30, 33, "#d7ec9c")
        c.oval((x, 246), 13, 30, INK)
        c.dot((x + 9, 232), 8, WHITE)
    c.fill(smooth([(238, 296), (274, 296), (256, 318)]), BLUSH)
    for s in (-1, 1):
        c.stroke(arc((256 + s * 22, 320), 22, 10 if s > 0 else 0, 170 if s < 0 else 180), 6, BARK)
        for lean in (-14, 0, 14):
            c.stroke([(256 + s * 76, 318 + lean * 0.7), (256 + s * 190, 310 + lean * 2.4)], 3, PAPER)
    c.stroke(arc((256, 372), 70, 30, 150), 20, TEAL)
    c.dot((256, 450), 20, HONEY)
    return c


def houseplant(scale: float) -> Canvas:
    """A potted plant with a faint smile."""
    c = portrait(scale, Fade("#fbe9cf", "#f4d4a6"))
    c.dot((256, 230), 190, PAPER, 0.7)
    c.fill(box(-10, 440, 522, 522), CLAY)
    stems = ((-62, 210, 70), (-34, 250, 84), (0, 276, 92), (34, 250, 84), (62, 210, 70), (-84, 150, 54), (84, 150, 54))
    for i, (lean, length, width) in enumerate(stems):
        shape = turn(leaf((256, 340), (256, 340 - length), width), (256, 340), lean)
        c.fill(shape, (LEAF, MOSS, "#83bd7b")[i % 3])
        tip = turn([(256, 336), (256, 352 - length)], (256, 340), lean)
        c.stroke(tip, 4, "#b8dca4")
    c.fill([(166, 330), (346, 330), (322, 478), (190, 478)], CORAL)
    c.fill([(166, 330), (346, 330), (340, 366), (172, 366)], RUST)
    c.fill(box(152, 312, 360, 350, 10), "#f58a76")
    for x in (226, 286):
        c.oval((x, 400), 8, 10, INK)
        c.dot((x + 2, 396), 3, WHITE)
    c.stroke(arc((256, 408), 20, 20, 160), 6, INK)
    for x in (204, 308):
        c.oval((x, 420), 13, 8, BLUSH)
    return c


def raven(scale: float) -> Canvas:
    """A raven before a low moon."""
    c = portrait(scale, Fade(NIGHT, "#4a3f78"))
    rolls = dice("stars")
    for _ in range(60):
        c.dot((rolls.uniform(0, 512), rolls.uniform(0, 360)), rolls.uniform(0.8, 2.6), PAPER, rolls.uniform(0.4, 1))
    c.glow((290, 250), 260, HONEY, 0.5)
    c.fill(circle((290, 250), 140), "#fbe6b4")
    for x, y, r in ((250, 200, 20), (340, 280, 28), (320, 180, 12)):
        c.dot((x, y), r, "#f0d391")
    body = [(150, 196), (196, 150), (250, 158), (276, 206), (300, 270), (352, 340), (420, 418), (340, 396), (260, 400)]
    c.fill(smooth([*body, (196, 366), (166, 300), (172, 236)]), "#15172b")
    c.fill(smooth([(160, 178), (100, 196), (84, 210), (150, 214), (184, 204)]), "#15172b")
    c.fill(smooth([(230, 240), (286, 300), (350, 384), (270, 360), (224, 310)]), "#2b2f52")
    c.dot((196, 184), 9, AMBER)
    c.dot((196, 184), 4, INK)
    for x in (226, 256):
        c.stroke([(x, 388), (x - 4, 428)], 8, "#15172b")
    c.stroke(smooth([(-20, 450), (160, 424), (330, 440), (540, 400)], closed=False), 20, "#15172b")
    c.stroke(smooth([(340, 436), (400, 470), (440, 510)], closed=False), 10, "#15172b")
    return c
