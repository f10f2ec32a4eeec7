"""Whether two names of roads, towns or villages are one, perhaps one misspelt, or two."""

import re

from verifiers.materials.address_verdict import AddressMatch
from verifiers.materials.address_words import address_words

_SUFFIX = re.compile(r"(?:大道|公路|路|大街|街|胡同|村|镇|乡)$")
_ROAD_SUFFIX = re.compile(r"(?:大道|公路|路|大街|街|胡同)$")
_SHORTEST_PART = 2  # a single character inside a longer name says nothing


def compare_roads(a: str, b: str) -> AddressMatch:
    """Compare names with their last word (路, 街, 村): another last word alone leaves it open."""
    if a == b:
        return AddressMatch.SAME
    stem_a, stem_b = _SUFFIX.sub("", a), _SUFFIX.sub("", b)
    if stem_a == stem_b:
        return AddressMatch.UNSURE
    both_roads = bool(_ROAD_SUFFIX.search(a) and _ROAD_SUFFIX.search(b))
    shorter, longer = sorted((stem_a, stem_b), key=len)
    if both_roads and longer.startswith(shorter) and len(longer) > len(shorter) + 1:
        return AddressMatch.DIFFERENT  # a road named after another: 张江路, 张江高科路
    return compare_names(stem_a, stem_b)


def compare_names(a: str, b: str) -> AddressMatch:
    """Compare names without their last word; a possible slip is UNSURE, never SAME."""
    if a == b:
        return AddressMatch.SAME
    if len(a) == len(b):
        return AddressMatch.UNSURE if _is_slip(a, b) else AddressMatch.DIFFERENT
    shorter, longer = sorted((a, b), key=len)
    left_over = _left_over(shorter, longer)
    if left_over is None or set(left_over) <= address_words().telling:
        return AddressMatch.DIFFERENT
    return AddressMatch.UNSURE


def _is_slip(a: str, b: str) -> bool:
    """One character taken for one like it, or two neighbours swapped."""
    places = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(places) == 1:
        place = places[0]
        return frozenset((a[place], b[place])) in address_words().slips
    if len(places) == _SHORTEST_PART and places[1] == places[0] + 1:
        first = places[0]
        return a[first] == b[first + 1] and a[first + 1] == b[first]
    return False


def _left_over(shorter: str, longer: str) -> str | None:
    """What the longer has more at its beginning, its end or in one place; None if not just that."""
    if len(shorter) < _SHORTEST_PART and len(longer) - len(shorter) > 1:
        return None
    for cut in range(len(shorter) + 1):
        more = len(longer) - len(shorter)
        if longer[:cut] == shorter[:cut] and longer[cut + more :] == shorter[cut:]:
            return longer[cut : cut + more]
    return None
