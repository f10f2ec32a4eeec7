"""What an invented person looks like: drawn from dice, by sex and age."""

from dataclasses import dataclass

from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.portrait_canvas import Colour, mixed

_TODDLER, CHILD, GROWN, OLD = 3, 14, 50, 64  # full years at which a face is drawn differently

_SKINS: tuple[Colour, ...] = (
    (247, 218, 195), (243, 208, 180), (239, 200, 170), (232, 190, 158), (224, 180, 146),
    (214, 167, 132), (246, 212, 188), (243, 206, 180), (236, 196, 165), (241, 204, 176),
)  # fmt: skip
_HAIR: tuple[Colour, ...] = (
    (36, 33, 38), (30, 28, 33), (47, 38, 38), (58, 44, 39), (72, 52, 43), (40, 36, 46),
)  # fmt: skip
_DYED: tuple[Colour, ...] = ((96, 62, 44), (112, 74, 50), (84, 48, 40))
_GREY: Colour = (176, 176, 180)
_CLOTHES: tuple[Colour, ...] = (
    (34, 85, 156), (27, 74, 124), (52, 73, 94), (44, 62, 80), (120, 40, 52), (158, 58, 52),
    (46, 110, 98), (62, 124, 86), (88, 96, 60), (196, 136, 52), (212, 112, 72), (140, 92, 132),
    (92, 72, 132), (100, 116, 140), (70, 70, 76), (150, 118, 92), (196, 108, 120), (60, 140, 160),
)  # fmt: skip
_INNER: tuple[Colour, ...] = (
    (206, 222, 240), (238, 222, 200), (216, 204, 226), (204, 226, 214), (240, 212, 206),
)  # fmt: skip
_LIPS: tuple[Colour, ...] = ((190, 96, 92), (178, 86, 88), (200, 110, 100), (168, 84, 78))

_WOMENS = (
    ("long_parted", 5), ("long_swept", 6), ("bob", 5), ("tied_back", 5), ("low_bun", 3),
    ("wavy", 4), ("pixie", 2), ("long_fringe", 4),
)  # fmt: skip
_OLDER_WOMENS = (("perm", 6), ("bob", 3), ("tied_back", 3), ("pixie", 4), ("low_bun", 3))
_MENS = (
    ("side_part", 6), ("crew_cut", 4), ("swept_up", 5), ("fringe", 4), ("centre_part", 3),
)  # fmt: skip
_OLDER_MENS = (("side_part", 5), ("crew_cut", 4), ("receding", 5), ("swept_up", 3))
_OLD_MENS = (("receding", 4), ("bald", 4), ("side_part", 3), ("crew_cut", 3))
_BEARDED = 28
_BEARDS = (("", 7), ("stubble", 3), ("lip", 1))
_TODDLERS = (("crew_cut", 3), ("bowl", 3), ("fringe", 3))
_GIRLS = (("pigtails", 4), ("bob", 3), ("tied_back", 3), ("long_fringe", 3), ("braids", 3))
_BOYS = (("bowl", 4), ("crew_cut", 3), ("fringe", 4), ("side_part", 2))
_WOMENS_CLOTHES = (
    ("v_neck", 4), ("crew", 4), ("shirt", 3), ("jacket", 4), ("stand_collar", 2), ("cardigan", 4),
    ("roll_neck", 3),
)  # fmt: skip
_MENS_CLOTHES = (
    ("shirt", 4), ("polo", 4), ("jacket", 4), ("crew", 3), ("hood", 3), ("v_neck", 2),
    ("stand_collar", 1), ("roll_neck", 1),
)  # fmt: skip
_CHILDS_CLOTHES = (("striped", 4), ("hood", 3), ("crew", 3), ("dungarees", 3), ("polo", 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Everything a portrait is drawn from; offsets in pixels, shares about 1."""

    female: bool
    age: int
    skin: Colour
    hair: Colour
    style: str
    clothes: str
    cloth: Colour
    inner: Colour
    lips: Colour
    width: float  # of the face
    jaw: float
    chin: float
    eye_size: float
    eye_tilt: float
    eye_gap: float
    double_lid: bool
    brow: float
    brow_lift: float
    nose: float
    mouth: float
    smile: float
    glasses: str
    beard: str
    mole: tuple[float, float] | None
    earrings: bool
    parting: float  # which side a parting lies on: -1 or 1

    @property
    def child(self) -> bool:
        """Whether it is drawn with a child's proportions."""
        return self.age < CHILD


def looks_of(*, female: bool, age: int, dice: Dice) -> Looks:
    """Draw somebody's looks; the same dice give the same looks."""
    return Looks(
        female=female,
        age=age,
        skin=dice.pick(_SKINS),
        hair=_hair(female=female, age=age, dice=dice),
        style=dice.weighted(_styles(female=female, age=age)),
        clothes=dice.weighted(_garments(female=female, child=age < CHILD)),
        cloth=dice.pick(_CLOTHES),
        inner=dice.pick(_INNER),
        lips=dice.pick(_LIPS),
        width=dice.part(0.96, 1.03) if female else dice.part(0.98, 1.05),
        jaw=dice.part(0.88, 1.0) if female else dice.part(0.95, 1.1),
        chin=dice.part(-5, 5),
        eye_size=dice.part(0.9, 1.12),
        eye_tilt=dice.part(-1.2, 2.6),
        eye_gap=dice.part(-2.5, 2.5),
        double_lid=dice.chance(55),
        brow=dice.part(0.8, 1.1) if female else dice.part(1.05, 1.45),
        brow_lift=dice.part(-3, 3),
        nose=dice.part(0.88, 1.14),
        mouth=dice.part(0.9, 1.12),
        smile=dice.part(1.2, 5.2),
        glasses=_glasses(age, dice),
        beard="" if female or age < _BEARDED else dice.weighted(_BEARDS),
        mole=_mole(dice),
        earrings=female and age > CHILD + 6 and dice.chance(30),
        parting=dice.pick((-1.0, 1.0)),
    )


def _mole(dice: Dice) -> tuple[float, float] | None:
    if not dice.chance(12):
        return None
    return dice.pick((-1, 1)) * dice.part(32, 54), dice.part(226, 276)


def _hair(*, female: bool, age: int, dice: Dice) -> Colour:
    base = dice.pick(_HAIR)
    if age >= OLD:
        return mixed(base, _GREY, dice.part(0.45, 1.0))
    if age >= GROWN:
        return mixed(base, _GREY, dice.part(0.0, 0.45))
    if female and age > CHILD + 5 and dice.chance(18):
        return dice.pick(_DYED)
    return base


def _styles(*, female: bool, age: int) -> tuple[tuple[str, int], ...]:
    if age < _TODDLER:
        return _TODDLERS
    if age < CHILD:
        return _GIRLS if female else _BOYS
    if female:
        return _OLDER_WOMENS if age >= GROWN else _WOMENS
    if age >= OLD:
        return _OLD_MENS
    return _OLDER_MENS if age >= GROWN - 6 else _MENS


def _garments(*, female: bool, child: bool) -> tuple[tuple[str, int], ...]:
    if child:
        return _CHILDS_CLOTHES
    return _WOMENS_CLOTHES if female else _MENS_CLOTHES


def _glasses(age: int, dice: Dice) -> str:
    worn = 8 if age < CHILD else 30
    return dice.pick(("round", "square", "half", "thin")) if dice.chance(worn) else ""
