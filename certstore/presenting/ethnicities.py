"""The codes of GB/T 3304-1991 for the names of ethnicities, as records write them."""

from typing import Final

_IN_ORDER: Final = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 "
    "畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 "
    "阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 "
    "鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
_CODES: Final = {name: code for code, name in enumerate(_IN_ORDER.split(), 1)}
_NAMES: Final = {code: name for name, code in _CODES.items()}


def ethnicity_code(name: str) -> int | None:
    """The code, from 1 to 56, for a name with or without 族; None for one that is not listed."""
    return _CODES.get(name) or _CODES.get(name.removesuffix("族"))


def ethnicity_name(code: int) -> str | None:
    """The name with 族, as records write it, of a code; None for one that is not listed."""
    name = _NAMES.get(code)
    return None if name is None else f"{name}族"
