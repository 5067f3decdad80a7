"""Portraits of people, told apart by what they wear on their heads."""

from app.demo.art import face
from app.demo.art.canvas import Canvas, Fade
from app.demo.art.face import portrait
from app.demo.art.geometry import arc, box, ellipse, leaf, mirror, smooth, star, turn
from app.demo.art.palette import (
    AMBER,
    BARK,
    BLUE,
    CORAL,
    CREAM,
    HONEY,
    INK,
    MINT,
    NIGHT,
    PAPER,
    PLUM,
    ROSE,
    RUST,
    SKY,
    STONE,
    TEAL,
    WHITE,
)


def beanie(scale: float) -> Canvas:
    """Ginger curls and a full beard under a knitted cap."""
    c, hair = portrait(scale, Fade("#9ed3e8", SKY)), "#c8632e"
    c.fill(smooth([(0, 400), (130, 330), (270, 390), (400, 320), (540, 380), (540, 540), (-20, 540)]), "#76b4d2")
    for x, y in ((160, 220), (168, 258), (352, 220), (344, 258), (156, 190), (356, 190)):
        c.dot((x, y), 30, hair)
    face.shirt(c, NIGHT)
    face.neck(c, face.IVORY)
    face.head(c, face.IVORY)
    face.eyes(c, hair)
    face.nose(c, face.IVORY)
    face.beard(c, hair)
    dome = [(152, 196), (160, 120), (206, 76), (256, 66), (306, 76), (352, 120), (360, 196)]
    c.fill([*smooth(dome, closed=False), (256, 212)], AMBER)
    with c.within([*smooth(dome, closed=False), (256, 212)]):
        for x in range(170, 360, 26):
            c.stroke(smooth([(256 + (x - 256) * 0.3, 60), (x, 130), (x, 220)], closed=False), 4, "#db9331")
    c.fill(box(142, 168, 370, 212, 20), "#ffc66b")
    c.dot((256, 62), 26, CREAM)
    for x in range(120, 420, 40):
        c.stroke([(x, 470 + abs(x - 256) / 8), (x, 520)], 5, "#3a4570")
    return c


def scarf(scale: float) -> Canvas:
    """A teal headscarf."""
    c, cloth = portrait(scale, Fade("#ffe2ad", HONEY)), TEAL
    for x, y in ((70, 90), (450, 80), (40, 250), (474, 230), (110, 200), (404, 190)):
        c.fill(star((x, y), 22, 8, 0.5), "#f4bd6a")
    outer = [(256, 78), (342, 104), (382, 190), (378, 290), (400, 400), (440, 470), (430, 560), (82, 560)]
    c.fill(smooth([*outer, (72, 470), (112, 400), (134, 290), (130, 190), (170, 104)]), "#27797a")
    face.shirt(c, PLUM)
    drape = [(150, 330), (256, 392), (362, 330), (392, 420), (330, 478), (256, 492), (182, 478), (120, 420)]
    c.fill(smooth(drape), cloth)
    face.head(c, face.OLIVE)
    face.eyes(c, BARK, 4)
    for x, s in ((220, -1), (292, 1)):
        c.stroke([(x + 6 * s, 232), (x + 17 * s, 228)], 5, INK)
    face.nose(c, face.OLIVE)
    face.smile(c)
    ring = smooth(
        [
            (256, 82),
            (340, 108),
            (372, 196),
            (368, 280),
            (334, 346),
            (256, 384),
            (178, 346),
            (144, 280),
            (140, 196),
            (172, 108),
        ]
    )
    inner = smooth(
        [
            (256, 148),
            (304, 160),
            (328, 206),
            (326, 262),
            (304, 314),
            (256, 348),
            (208, 314),
            (186, 262),
            (184, 206),
            (208, 160),
        ]
    )
    hole = [*ring, ring[0], inner[0], *reversed(inner)]
    c.fill(hole, cloth)
    c.stroke(smooth([(180, 330), (240, 408), (340, 430)], closed=False), 6, "#27797a")
    c.stroke(smooth([(330, 340), (290, 400), (200, 440)], closed=False), 6, "#27797a")
    return c


def headband(scale: float) -> Canvas:
    """A cook's twisted headband and an indigo jacket."""
    c, hair = portrait(scale, Fade("#f6efe0", "#ecd9bc")), "#1f1d2a"
    c.dot((256, 230), 196, RUST, 0.9)
    face.shirt(c, "#2d3f70")
    face.neck(c, face.TAN)
    for points in ([(190, 404), (268, 520)], [(322, 404), (232, 520)]):
        c.stroke(points, 22, CREAM)
    face.head(c, face.TAN)
    face.happy_eyes(c, hair)
    face.nose(c, face.TAN)
    face.grin(c)
    c.fill(
        smooth(
            [
                (256, 84),
                (320, 96),
                (356, 150),
                (352, 214),
                (334, 190),
                (256, 168),
                (178, 190),
                (160, 214),
                (156, 150),
                (192, 96),
            ]
        ),
        hair,
    )
    for x in range(176, 340, 24):
        c.fill([(x - 14, 112), (x + 20, 76), (x + 22, 118)], hair)
    c.fill(smooth([(154, 170), (256, 142), (358, 170), (358, 206), (256, 176), (154, 206)]), WHITE)
    for i in range(9):
        x = 172 + i * 21
        y = 172 - 20 * (1 - ((x - 256) / 100) ** 2)
        c.stroke([(x - 5, y + 18), (x + 9, y - 6)], 5, BLUE)
    c.fill(leaf((352, 186), (410, 160), 26), WHITE)
    c.fill(leaf((352, 190), (404, 206), 24), "#e8e8ee")
    return c


def beret(scale: float) -> Canvas:
    """A raspberry beret, a camera held ready."""
    c, hair = portrait(scale, Fade("#f7cfc4", ROSE)), "#4b2f24"
    c.fill(smooth([(0, 80), (140, 40), (300, 90), (540, 20), (540, -40), (0, -40)]), "#fadfd6")
    for side in (150, 362):
        for i in range(6):
            c.dot((side + (10 if i % 2 else -10), 200 + i * 44), 34, hair)
    face.shirt(c, PAPER)
    for y in range(430, 520, 28):
        c.stroke(smooth([(80, y + 26), (256, y + 6), (432, y + 26)], closed=False), 9, NIGHT)
    face.neck(c, face.BROWN)
    face.head(c, face.BROWN)
    face.eyes(c, hair, 4)
    face.nose(c, face.BROWN)
    face.half_smile(c)
    c.fill(
        smooth([(256, 110), (336, 130), (352, 216), (318, 176), (256, 172), (196, 176), (160, 216), (176, 130)]), hair
    )
    c.fill(
        smooth([(146, 178), (120, 120), (190, 62), (310, 52), (392, 100), (380, 152), (300, 150), (210, 160)]),
        "#b3305a",
    )
    c.stroke(smooth([(292, 56), (298, 38), (290, 26)], closed=False), 10, "#b3305a")
    c.stroke(smooth([(150, 176), (230, 156), (366, 150)], closed=False), 10, "#8c2147")
    c.fill(box(176, 402, 336, 500, 18), INK)
    c.fill(box(226, 386, 286, 410, 6), INK)
    c.dot((256, 452), 38, STONE)
    c.dot((256, 452), 28, "#30345a")
    c.dot((246, 442), 9, SKY)
    c.dot((314, 420), 7, CORAL)
    return c


def cyclist(scale: float) -> Canvas:
    """A cycling helmet and a fine moustache."""
    c, hair = portrait(scale, Fade("#bfe3d2", MINT)), "#3b2c28"
    for x, y in ((86, 370), (430, 370)):
        c.stroke(arc((x, y), 120, 0, 360), 8, "#8cc6b0")
        for i in range(8):
            c.stroke([(x, y), turn([(x, y - 118)], (x, y), i * 45)[0]], 3, "#8cc6b0")
    face.shirt(c, AMBER)
    with c.within(face.SHOULDERS):
        c.fill(box(0, 462, 512, 486), CORAL)
    face.neck(c, face.TAN)
    face.head(c, face.TAN)
    face.eyes(c, hair, 6)
    face.nose(c, face.TAN)
    curl = smooth([(256, 296), (222, 290), (190, 306), (172, 292), (190, 322), (228, 318), (256, 306)])
    c.fill(curl, hair)
    c.fill(mirror(curl, 256), hair)
    c.stroke(arc((256, 312), 16, 30, 150), 6, RUST)
    dome = [*smooth([(146, 206), (150, 130), (200, 76), (256, 64), (312, 76), (362, 130), (366, 206)], closed=False)]
    c.fill([*dome, (256, 186)], CORAL)
    for lean in (-34, 0, 34):
        c.fill(turn(ellipse((256, 122), 13, 40), (256, 250), lean), INK)
    c.fill(smooth([(140, 196), (256, 168), (372, 196), (372, 216), (256, 194), (140, 216)]), RUST)
    for x in (172, 340):
        c.stroke(smooth([(x, 214), (x + (256 - x) * 0.12, 320), (256, 372)], closed=False), 6, INK)
    return c
