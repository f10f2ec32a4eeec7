"""Files to hand in, and somebody who has to: for the tests of uploads."""

from functools import cache

from issuance.answers import is_answered
from issuance.application import Application
from issuance.upload import Upload
from issuance.uploads import Announced
from tests.residents import drafted, resident
from tests.unit.verifiers.materials.handed_in_files import jpeg, pdf, saved, sheet
from tests.unit.verifiers.materials.paper_pictures import with_glare

NOWHERE = {
    "dwelling": "own",
    "occupier": "self",
    "relative": None,
    "district": "海港区",
    "address": "青石路12号3楼302室",
}
PAPER = "property_certificate_upload"
KEY = "lin_xiaohe"
LIN = resident(KEY)


@cache
def good() -> bytes:
    """A picture that nothing is to be said about."""
    return jpeg(sheet((1120, 1584)))


@cache
def glaring() -> bytes:
    """A picture that could be better."""
    grey = sheet((1120, 1584)).point(lambda value: value * 0.8)
    return jpeg(with_glare(grey, 0.14))


@cache
def document() -> bytes:
    """A PDF of two pages."""
    return saved(pdf(2))


def asked(house, key: str = KEY) -> Application:
    """A draft about a home of which nothing is on file: a paper must be handed in."""
    application = drafted(house, key, **NOWHERE)
    assert is_answered(application.answers)
    return application


def begun(house, ref: str, data: bytes, key: str = KEY, **announced: object) -> Upload:
    """An upload of these bytes that has begun."""
    told = Announced(len(data), **announced)
    return house.upload_desk.begin(resident(key), ref, "dwelling", PAPER, told)


def handed_in(house, ref: str, data: bytes | None = None, key: str = KEY) -> Upload:
    """These bytes handed in and judged."""
    me, desk = resident(key), house.upload_desk
    return desk.take_in(me, ref, "dwelling", PAPER, good() if data is None else data)
