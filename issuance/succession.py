"""What a new version is, by the matter that it comes from: which holds of the former go along."""

from collections.abc import Mapping
from typing import Final

from certstore.holds.kinds import Succession

CARD: Final = "residence_permit"  # the type that is also a card in somebody's pocket
_OF_CARDS: Final[Mapping[str, Succession]] = {
    "endorsement": Succession.ENDORSED,
    "reissue": Succession.NEW_CARRIER,
}


def succession(type_code: str, matter: str, *, longer: bool = False) -> Succession:
    """What the new version of a certificate is that this matter leads to.

    `longer` where its days are others than the former's: issued anew past its day, a permit is
    endorsed with it.

    A card stays what it is, and where it is, unless another one is made. A document without a
    card is another document in every version: a lost former one is dead for good.
    """
    if type_code != CARD:
        return Succession.NEW_CARRIER
    how = _OF_CARDS.get(matter, Succession.SAME_CARRIER)
    endorsed = longer and how is Succession.NEW_CARRIER
    return Succession.NEW_CARRIER_ENDORSED if endorsed else how
