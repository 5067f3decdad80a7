"""Portraits of people, told apart by their hair."""

from app.demo.art import face
from app.demo.art.canvas import Canvas, Fade
from app.demo.art.face import portrait
from app.demo.art.geometry import arc, box, dice, leaf, mirror, smooth, turn
from app.demo.art.palette import (
    AMBER,
    BLUE,
    CORAL,
    CREAM,
    HONEY,
    INK,
    LILAC,
    MINT,
    MOSS,
    PAPER,
    PLUM,
    ROSE,
    RUST,
    TEAL,
)


def bob(scale: float) -> Canvas:
    """A dark bob with a fringe, round glasses."""
    c, hair = portrait(scale, Fade("#f88d74", CORAL)), "#22343f"
    c.dot((392, 120), 190, HONEY, 0.35)
    back = [(256, 84), (350, 118), (384, 220), (382, 330), (352, 372), (256, 360), (160, 372), (130, 330)]
    c.fill(smooth([*back, (128, 220), (162, 118)]), hair)
    face.shirt(c, TEAL)
    face.neck(c, face.PEACH)
    c.stroke(smooth([(186, 412), (256, 452), (326, 412)], closed=False), 10, "#237270")
    face.head(c, face.PEACH)
    face.eyes(c, hair, 8)
    face.nose(c, face.PEACH)
    face.grin(c)
    fringe = [(256, 92), (336, 118), (356, 200), (338, 214), (300, 200), (256, 206), (212, 200), (174, 214)]
    c.fill(smooth([*fringe, (156, 200), (176, 118)]), hair)
    c.stroke(smooth([(196, 132), (236, 112), (286, 112)], closed=False), 8, "#3d5665")
    face.round_glasses(c, RUST)
    return c


def bun(scale: float) -> Canvas:
    """Silver hair in a bun, pearls and a cardigan."""
    c, hair = portrait(scale, Fade("#b7dcc0", "#94c4a3")), "#dfe1ea"
    for x, y, s in ((80, 120, 1), (440, 150, -1), (60, 330, 1), (458, 340, -1)):
        for lean in (-40, 0, 40):
            c.fill(turn(leaf((x, y), (x + 8 * s, y - 60), 24), (x, y), lean), "#7fb391")
    c.dot((256, 84), 56, hair)
    c.stroke(arc((256, 84), 34, 150, 330), 6, "#bcc0cf")
    c.fill(
        smooth([(256, 92), (342, 120), (366, 210), (350, 280), (256, 300), (162, 280), (146, 210), (170, 120)]), hair
    )
    face.shirt(c, ROSE)
    face.neck(c, face.IVORY)
    face.head(c, face.IVORY)
    face.happy_eyes(c, "#b9bccb")
    face.nose(c, face.IVORY)
    face.smile(c)
    c.fill(
        smooth(
            [
                (256, 106),
                (330, 128),
                (352, 210),
                (338, 226),
                (312, 178),
                (256, 158),
                (200, 178),
                (174, 226),
                (160, 210),
                (182, 128),
            ]
        ),
        hair,
    )
    c.stroke(smooth([(330, 200), (300, 160), (256, 140), (226, 132)], closed=False), 5, "#bcc0cf")
    face.round_glasses(c, PLUM)
    face.earrings(c, PAPER)
    for i in range(-4, 5):
        c.dot((256 + i * 17, 424 + 16 - i * i), 9, PAPER)
    c.stroke([(256, 460), (256, 520)], 5, "#d98680")
    return c


def space_buns(scale: float) -> Canvas:
    """Blonde space buns, freckles and a big grin."""
    c, hair = portrait(scale, Fade("#c7b3e4", LILAC)), "#f2c45a"
    for i in range(7):
        c.stroke([(i * 100 - 80, 540), (i * 100 + 120, -20)], 22, "#c6b4e6", 0.7)
    for x in (150, 362):
        c.dot((x, 104), 56, hair)
        c.stroke(arc((x, 104), 32, 30, 300), 7, "#d99f35")
        c.stroke(arc((x, 104), 14, 120, 400), 6, "#d99f35")
    c.fill(
        smooth([(256, 88), (338, 112), (364, 200), (356, 290), (256, 300), (156, 290), (148, 200), (174, 112)]), hair
    )
    face.shirt(c, CORAL)
    face.neck(c, face.PEACH)
    with c.within(face.SHOULDERS):
        c.fill(box(0, 462, 512, 484), CREAM)
    face.head(c, face.PEACH)
    face.eyes(c, "#b97d28", 6)
    face.nose(c, face.PEACH)
    face.grin(c)
    face.freckles(c, face.PEACH)
    right = [(256, 108), (326, 126), (352, 204), (344, 232), (322, 200), (286, 168), (256, 122)]
    c.fill(smooth(right), hair)
    c.fill(mirror(smooth(right), 256), hair)
    return c


def afro(scale: float) -> Canvas:
    """A great round head of hair, golden hoops."""
    c, hair = portrait(scale, Fade("#ffc56d", AMBER)), "#30202a"
    for i in range(12):
        ray = turn([(256, 240), (232, -160), (280, -160)], (256, 240), i * 30)
        c.fill(ray, "#ffd17f", 0.8)
    rolls = dice("afro")
    c.dot((256, 200), 150, hair)
    for i in range(26):
        x, y = turn([(256, 56)], (256, 200), i * 360 / 26)[0]
        c.dot((x + rolls.uniform(-6, 6), y + rolls.uniform(-6, 6)), 26, hair)
    face.shirt(c, PLUM)
    face.neck(c, face.DEEP)
    face.head(c, face.DEEP)
    face.eyes(c, "#20131a", 8)
    for x, s in ((220, -1), (292, 1)):
        c.stroke([(x + 6 * s, 231), (x + 17 * s, 226)], 5, INK)
    face.nose(c, face.DEEP)
    face.grin(c)
    c.fill(
        smooth(
            [
                (256, 110),
                (332, 124),
                (356, 204),
                (330, 186),
                (304, 162),
                (256, 158),
                (208, 162),
                (182, 186),
                (156, 204),
                (180, 124),
            ]
        ),
        hair,
    )
    for _ in range(70):
        x, y = turn([(256, 200 - rolls.uniform(104, 160))], (256, 200), rolls.uniform(-115, 115))[0]
        c.stroke(arc((x, y), 9, rolls.uniform(0, 180), rolls.uniform(240, 400)), 3, "#4c3644")
    face.hoops(c, HONEY)
    c.stroke(smooth([(196, 414), (256, 456), (316, 414)], closed=False), 8, HONEY)
    return c


def side_parting(scale: float) -> Canvas:
    """A side parting, heavy glasses, a roll-neck."""
    c, hair = portrait(scale, Fade("#cfd6df", "#aab6c6")), "#5a3d2b"
    c.fill(box(-10, 360, 522, 522), "#97a5b8")
    c.fill(box(40, 40, 150, 190, 8), PAPER)
    c.fill(box(58, 58, 132, 172), BLUE)
    c.fill([(58, 172), (96, 100), (132, 172)], MINT)
    face.shirt(c, MOSS)
    face.neck(c, face.IVORY)
    face.roll_neck(c, MOSS, "#2d5840")
    face.head(c, face.IVORY)
    face.stubble(c, hair)
    face.eyes(c, hair, 10)
    face.nose(c, face.IVORY)
    face.half_smile(c)
    crown = [(164, 222), (158, 150), (200, 92), (280, 76), (346, 108), (358, 168), (348, 224), (334, 182), (300, 158)]
    c.fill(smooth([*crown, (240, 164), (204, 140), (180, 176)]), hair)
    c.stroke(smooth([(206, 138), (250, 110), (310, 112)], closed=False), 6, "#7b583f")
    face.square_glasses(c, INK)
    return c


def long_hair(scale: float) -> Canvas:
    """Long dark hair over one shoulder, green earrings."""
    c, hair = portrait(scale, Fade("#8fd0c4", "#5fb3aa")), "#251b2e"
    rolls = dice("petals")
    for _ in range(16):
        x, y = rolls.uniform(0, 512), rolls.uniform(0, 420)
        c.fill(leaf((x, y), (x + rolls.uniform(-40, 40), y + 40), 18), "#7cc7bb")
    back = [(256, 86), (344, 112), (380, 210), (392, 340), (404, 470), (352, 520), (176, 470), (136, 330)]
    c.fill(smooth([*back, (132, 210), (168, 112)]), hair)
    face.shirt(c, "#d9822b")
    face.neck(c, face.BROWN)
    face.head(c, face.BROWN)
    face.eyes(c, hair, 4)
    face.nose(c, face.BROWN)
    face.smile(c)
    front = [(268, 100), (340, 124), (362, 210), (372, 320), (396, 440), (372, 530), (312, 500), (346, 400)]
    c.fill(smooth([*front, (344, 300), (336, 220), (304, 168), (250, 124)]), hair)
    c.fill(smooth([(280, 100), (196, 112), (160, 196), (154, 268), (178, 220), (208, 168), (262, 140)]), hair)
    c.stroke(smooth([(360, 260), (366, 340), (382, 430)], closed=False), 5, "#453554")
    c.dot((168, 288), 10, "#2fa36b")
    c.stroke(smooth([(196, 416), (256, 462), (316, 416)], closed=False), 6, HONEY)
    c.dot((256, 450), 10, "#2fa36b")
    return c
