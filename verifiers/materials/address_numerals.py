"""Numbers in addresses, however they are written: Chinese with 十 and 百, or digit by digit."""

import re

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"廿": 20, "卅": 30}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_ANY = "0-9一二两三四五六七八九十百千廿卅"
_ONES = "一二三四五六七八九"

_BEFORE_UNIT = re.compile(
    rf"[{_ANY}]+(?=支弄|号|弄|巷|幢|座|单元|层|楼|室|房|户|组|队|院|门|村民小组|居民小组|#)"
)
_AT_END = re.compile(rf"(?<=[号弄幢座元层楼])[{_ANY}]+$")
# Inside a name only what can be read in one way: 一村 is 1村, 五十一路 is 51路, and 五一路
# (a day in May) stays as it is.
_IN_NAME = re.compile(
    rf"(?<![{_ANY}])(?:[{_ONES}]?十[{_ONES}]?|[{_ONES}])(?=路|村|街坊|巷|期|区|条)"
)


def with_arabic_numbers(text: str) -> str:
    """Write the Chinese numbers of house numbers, and plain ones in names, in Arabic digits."""
    for pattern in (_BEFORE_UNIT, _AT_END, _IN_NAME):
        text = pattern.sub(lambda found: _arabic(found.group()), text)
    return text


def _arabic(numeral: str) -> str:
    if numeral.isdecimal():
        return numeral
    if not any(c in _STEPS or c in _TENS for c in numeral):  # 一二0三: digit by digit
        return "".join(c if c.isdecimal() else str(_DIGITS[c]) for c in numeral)
    total = _counted(numeral)
    return numeral if total is None else str(total)


def _counted(numeral: str) -> int | None:
    """Read 一百二十三 as 123; None if it is irregular, or may be read two ways (一百五)."""
    total, digit, last_step, zero = 0, None, 10_000, False
    for c in numeral:
        if c in _TENS and digit is None and last_step > _STEPS["十"]:
            total, last_step = total + _TENS[c], _STEPS["十"]
        elif c in _STEPS and _STEPS[c] < last_step:
            last_step = _STEPS[c]
            total, digit = total + (1 if digit is None else digit) * last_step, None
        elif c in _DIGITS and digit is None:
            digit = _DIGITS[c]
        elif c == "0" and digit is None and not zero:  # 一百零三
            zero = True
        else:
            return None
    if digit is not None and last_step > _STEPS["十"] and not zero:
        return None  # 105 on paper, 150 in speech
    return total + (digit or 0)
