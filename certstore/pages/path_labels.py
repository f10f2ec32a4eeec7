"""What the paths of a grant are called: fields, yes-or-no questions, the photo, bare existence."""

from collections.abc import Mapping
from typing import Final

from certstore.catalogue import catalogue
from certstore.onboarding.askable import EXISTS
from certstore.sharing.forms import PHOTO
from certstore.web.dress import Lang

_OTHERS: Final[Mapping[str, Mapping[Lang, str]]] = {
    "valid_on": {"zh": "某一天是否有效（只答是或否）", "en": "Valid on a day (yes or no)"},
    "address_equals": {"zh": "地址是否一致（只答是或否）", "en": "Address is the same (yes or no)"},
    "age_over": {"zh": "是否满某年龄（只答是或否）", "en": "Over an age (yes or no)"},
    "holder_is": {"zh": "姓名是否一致（只答是或否）", "en": "Name is the same (yes or no)"},
    "district_is": {"zh": "在不在某个区（只答是或否）", "en": "Lies in a district (yes or no)"},
    "parent_is": {
        "zh": "某人是不是父亲或母亲（只答是或否）",
        "en": "Somebody is a parent (yes or no)",
    },
    "held_since": {
        "zh": "登记或生效满没满一段时间（只答是或否）",
        "en": "Held for a length of time (yes or no)",
    },
    PHOTO: {"zh": "照片", "en": "Photo"},
    EXISTS: {"zh": "只查有没有、是否有效", "en": "Only whether one exists, and its status"},
}


def type_label(type_code: str, lang: Lang) -> str:
    """A type's title; a type the catalogue lacks stands for itself."""
    kind = catalogue().get(type_code)
    if kind is None:
        return type_code
    return kind.title_zh if lang == "zh" else kind.title_en


def path_label(type_code: str, path: str, lang: Lang) -> str:
    """What a path of a type is called; one that nobody knows any more stands for itself."""
    kind = catalogue().get(type_code)
    field = kind.field(path) if kind else None
    if field is not None:
        return field.label_zh if lang == "zh" else field.label_en
    return _OTHERS.get(path, {}).get(lang, path)
