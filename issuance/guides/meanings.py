"""What a sentence says: its words as meanings of the field, and what is left over.

Characters are cut so that the fewest pieces remain; a word with one character wrong counts as the
word, if nothing better fits. English is read word by word, in phrases.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from issuance.guides.lexicon import DENYING, ELSEWHERE, PASSING, Kind, Lexicon, fold, stem

Lang = Literal["zh", "en"]
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_PIECE: Final = re.compile(
    f"[{_HAN}]+|[a-z0-9'\u2019]+|[,.;:!?\\n\uff0c\u3002\uff1b\uff1a\uff01\uff1f\u3001]+"
)
_CHARACTERS: Final = re.compile(f"[{_HAN}]")
# What a piece costs: another office's matter is read as that wherever it can be.
_STRANGE_COST, _WORD_COST, _AMOUNT_COST, _SMALL_COST = 0.9, 1.0, 1.05, 1.1
_LEFT_COST, _NEAR_COST = 1.6, 2.2
# Characters that stand between words far more often than within one.
_BETWEEN: Final = frozenset(
    "的了吗呢啊吧呀嘛么哦啦我你您他她它咱是有没不在到和跟与或也都就才又再很太最这那个一要想会能请问"
    "得地着过被把给让为对从向怎几多好但可去来用办弄做搞"
)
_DIGITS: Final = frozenset("一二两三四五六七八九十百千半0123456789")
_AMOUNT: Final = re.compile(
    "[一二两三四五六七八九十百千半0-9]+(?:个)?(?:半)?(?:天|月|年|岁|遍|次|点|小时|分钟|人|周|星期|块|元|张|份|套|间|位|号|口)(?:多|半|钟)?"
)
_LEAST_LETTERS: Final = 5  # of an English word in which one may be wrong


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said: a meaning of the field, or (kind LOOSE) the word itself.

    `clause` counts the parts between marks of punctuation.
    """

    name: str
    kind: Kind
    clause: int = 0


def language_of(text: str, lexicon: Lexicon) -> Lang:
    """The language it is written in; pinyin is Chinese."""
    folded = fold(text, lexicon)
    if _CHARACTERS.search(folded):
        return "zh"
    words = folded.split()
    read = _pinyin(words, lexicon)
    return "zh" if any(meaning for meaning, _ in read) and not _is_english(words, lexicon) else "en"


def _is_english(words: list[str], lexicon: Lexicon) -> bool:
    known = sum((stem(word),) in lexicon.spoken for word in words)
    return known * 2 > len(words)


def meanings(text: str, lexicon: Lexicon) -> tuple[Said, ...]:
    """Everything it says, in order, each thing once."""
    clause, found = 0, dict[str, Said]()
    for run in _runs(fold(text, lexicon)):
        if run is None:
            clause += 1
            continue
        written, words = run
        pieces = _written(written, lexicon) if written else _spoken(words, lexicon)
        for name in filter(None, pieces):
            found.setdefault(name, Said(name, lexicon.kinds.get(name, Kind.LOOSE), clause))
    return tuple(found.values())


def _runs(folded: str) -> Iterator[tuple[str, list[str]] | None]:
    """Characters, or neighbouring words of letters; None at a mark of punctuation."""
    words: list[str] = []
    for piece in _PIECE.findall(folded):
        if piece[0].isascii() and (piece[0].isalnum() or piece[0] == "'"):
            words.append(piece)
            continue
        if words:
            yield "", words
            words = []
        yield (piece, []) if _CHARACTERS.match(piece) else None
    if words:
        yield "", words


# -- characters ---------------------------------------------------------------------------


def _written(text: str, lexicon: Lexicon) -> Iterator[str]:
    """The meanings in a run of characters; what fits no word is left over, two by two."""
    left = ""
    for piece, meaning in [*_denied(_whole(_cut(text, lexicon))), ("", PASSING)]:
        if meaning is None:
            left += piece
            continue
        yield from _pairs(left)
        left = ""
        yield meaning


def _whole(pieces: list[tuple[str, str | None]]) -> Iterator[tuple[str, str | None]]:
    """The pieces; a character of a strange word is no word by itself (房卡 is no card of ours).

    A character said in passing belongs to what is left over beside it; so does a meaning of one
    character that follows either.
    """
    strange = [meaning is None for _, meaning in pieces]
    for at, (piece, meaning) in enumerate(pieces[1:], 1):
        before, said = pieces[at - 1]
        within = said is None or (said == PASSING and len(before) == 1 and before not in _BETWEEN)
        strange[at] = strange[at] or bool(
            meaning and meaning not in DENYING and len(piece) == 1 and within
        )
    for at, (piece, meaning) in enumerate(pieces):
        beside = strange[max(0, at - 1) : at] + strange[at + 1 : at + 2]
        joins = meaning == PASSING and len(piece) == 1 and piece not in _BETWEEN and any(beside)
        yield piece, None if strange[at] or joins else meaning


def _denied(pieces: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, str | None]]:
    """The pieces; what only asks (登不登记, 能办不) denies nothing."""
    read = list(pieces)
    for at, (piece, meaning) in enumerate(read):
        before, after = (
            (read[at - 1][0] if at else ""),
            "".join(p for p, _ in read[at + 1 : at + 2]),
        )
        asks = not after or before[-1:] == after[:1]
        yield piece, PASSING if meaning in DENYING and before and asks else meaning


def _pairs(left: str) -> Iterator[str]:
    yield from ((left[at : at + 2] for at in range(len(left) - 1)) if len(left) > 1 else left)


def _cut(text: str, lexicon: Lexicon) -> list[tuple[str, str | None]]:
    """The cheapest way to read the run; a piece without a meaning is one character left over."""
    best: list[tuple[float, int, str | None]] = [(0.0, 0, None)]
    for end in range(1, len(text) + 1):
        ways: list[tuple[float, int, str | None]] = [(best[end - 1][0] + _LEFT_COST, end - 1, None)]
        for begin in range(max(0, end - lexicon.longest_written), end):
            cost, meaning = _price(text[begin:end], lexicon)
            if meaning is not None:
                ways.append((best[begin][0] + cost, begin, meaning))
        best.append(min(ways, key=lambda way: (way[0], way[1])))
    pieces: list[tuple[str, str | None]] = []
    end = len(text)
    while end:
        _, begin, meaning = best[end]
        pieces.append((text[begin:end], meaning))
        end = begin
    return pieces[::-1]


def _price(piece: str, lexicon: Lexicon) -> tuple[float, str | None]:
    exact = lexicon.written.get(piece)
    if exact is not None:
        if exact == ELSEWHERE:
            return _STRANGE_COST, exact
        return (_SMALL_COST if len(piece) == 1 else _WORD_COST), exact
    if piece[0] in _DIGITS and _AMOUNT.fullmatch(piece):
        return _AMOUNT_COST, PASSING
    if lexicon.written.get(piece[:-1]) or lexicon.written.get(piece[1:]):
        return _NEAR_COST, None  # a whole word and something beside it is no word with an error
    near = lexicon.nearly.get(piece)  # two neighbours changed about
    if near is None and 2 < len(piece) <= lexicon.longest_near:  # noqa: PLR2004 - as masks
        open_ones = (f"{piece[:at]}.{piece[at + 1 :]}" for at in range(len(piece)))
        near = next(filter(None, map(lexicon.nearly.get, open_ones)), None)
    return _NEAR_COST, near


# -- letters ------------------------------------------------------------------------------


def _spoken(words: list[str], lexicon: Lexicon) -> Iterator[str]:
    """The meanings in a run of words: the longest phrase first, then pinyin, then near words."""
    stems = [stem(word) for word in words]
    at = 0
    while at < len(words):
        meaning, length = _phrase(stems[at:], lexicon)
        if meaning is None:
            meaning, length = _pinyin(words[at:], lexicon)[0]
        if meaning is None:
            meaning = _near_word(stems[at], lexicon)
        if meaning is None and not words[at].isdigit():
            meaning = stems[at]
        yield meaning or PASSING
        at += length


def _phrase(stems: list[str], lexicon: Lexicon) -> tuple[str | None, int]:
    for length in range(min(lexicon.longest_spoken, len(stems)), 0, -1):
        found = lexicon.spoken.get(tuple(stems[:length]))
        if found is not None:
            return found, length
    return None, 1


def _pinyin(words: list[str], lexicon: Lexicon) -> list[tuple[str | None, int]]:
    """For each place how a word in pinyin begins there; syllables may stand apart."""
    found: list[tuple[str | None, int]] = []
    for at in range(len(words)):
        ways = ((lexicon.pinyin.get("".join(words[at : at + n])), n) for n in range(5, 0, -1))
        found.append(next((way for way in ways if way[0]), (None, 1)))
    return found


def _near_word(word: str, lexicon: Lexicon) -> str | None:
    """The meaning of the one word of the field that differs by one letter."""
    if len(word) < _LEAST_LETTERS:
        return None
    near = {
        meaning
        for (other, *more), meaning in lexicon.spoken.items()
        if not more and other[0] == word[0] and _differ_by_one(word, other)
    }
    return near.pop() if len(near) == 1 else None


def _differ_by_one(one: str, other: str) -> bool:
    """Whether a letter is other, lacks, is too many, or two neighbours are changed about."""
    if len(other) < _LEAST_LETTERS - 1 or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    same = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    swapped = short[same + 1 : same + 2] + short[same : same + 1] + short[same + 2 :]
    return short[same + 1 :] == long[same + 1 :] or swapped == long[same:]
