"""From requests and consents to the views of their pages: mapping only, no IO."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from certstore.catalogue import catalogue
from certstore.certificates import Certificate
from certstore.consent.desk import Asked, Case
from certstore.consent.terms import QUESTION, Item, Terms
from certstore.pages.consent_views import (
    ConsentLine,
    ConsentsView,
    ConsentView,
    GivenView,
    Line,
    Tick,
    Word,
)
from certstore.tables.consents import Consent
from certstore.web.dress import Lang

_NUMBERS = frozenset({"id_number"})
_PHOTO: Mapping[Lang, str] = {"zh": "照片", "en": "Photo"}
_FACE: Mapping[Lang, str] = {"zh": "人脸核验结果", "en": "Result of face verification"}
_QUESTIONS: Mapping[str, Mapping[Lang, str]] = {
    "valid_on": {"zh": "是否有效", "en": "Whether it is valid"},
    "address_equals": {"zh": "地址是否一致", "en": "Whether the address is the one you gave"},
    "age_over": {"zh": "是否到了年龄", "en": "Whether you are old enough"},
}


def consent_view(
    case: Case, now: datetime, lang: Lang, problem: Literal["", "nothing_chosen"] = ""
) -> ConsentView:
    """One request as its holder reads it, before and after the answer."""
    asked, terms = case.asked, case.asked.terms
    return ConsentView(
        ref=asked.request.ref,
        word=_word(asked, now),
        agency=_agency(terms, lang),
        matter=_matter(terms, lang),
        case_no=terms.case_no,
        asked_at=asked.request.asked_at,
        expires_at=asked.request.expires_at,
        ward=asked.ward,
        only_guardian=case.only_guardian,
        lines=tuple(_line(i, case.on_file, lang) for i in terms.items if not i.ticked),
        ticks=tuple(
            Tick(
                key=item.key,
                line=_line(item, case.on_file, lang),
                scope=item.scope,
                changes=item.changes.in_(lang) if item.changes else "",
            )
            for item in terms.items
            if item.ticked
        ),
        not_given=_not_given(terms.items, lang),
        times=terms.times,
        days=terms.days,
        keep_days=terms.keep_days,
        otherwise=terms.otherwise.in_(lang),
        given=tuple(_given(consent, now, lang) for consent in asked.consents),
        return_href=f"/consents/{asked.request.ref}/return" if terms.return_uri else None,
        problem=problem,
    )


def consents_view(found: Sequence[Asked], now: datetime, lang: Lang) -> ConsentsView:
    """The list, sorted by what is left to do."""
    lines = [_in_list(asked, now, lang) for asked in found]
    return ConsentsView(
        asking=tuple(line for line in lines if line.word == "asking"),
        in_force=tuple(line for line in lines if line.word == "in_force"),
        over=tuple(line for line in lines if line.word not in {"asking", "in_force"}),
    )


def _in_list(asked: Asked, now: datetime, lang: Lang) -> ConsentLine:
    request = asked.request
    word = _word(asked, now)
    return ConsentLine(
        ref=request.ref,
        agency=_agency(asked.terms, lang),
        matter=_matter(asked.terms, lang),
        word=word,
        at=request.decided_at or request.asked_at,
        ward=asked.ward,
        withdraw=word == "in_force",
    )


def _word(asked: Asked, now: datetime) -> Word:
    """Something in force says so for the whole request."""
    state = asked.request.state_at(now)
    if state != "given":
        return state
    found = {consent.standing(now) for consent in asked.consents}
    order: tuple[Word, ...] = ("in_force", "withdrawn", "used_up", "ended")
    return next((word for word in order if word in found), "ended")


def _line(item: Item, on_file: Mapping[str, Certificate | None], lang: Lang) -> Line:
    certificate = on_file.get(item.cert_type)
    value = certificate.fields.get(item.path) if certificate else None
    return Line(
        label=label_of(item.cert_type, item.path, lang),
        of=_type(item.cert_type, lang),
        value=_text(value),
        question=item.path.removeprefix(QUESTION) if item.is_question else "",
        number=item.path in _NUMBERS,
        on_file=certificate is not None,
    )


def _text(value: Any) -> str | None:  # noqa: ANN401 - a source's claims nest as they like
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _given(consent: Consent, now: datetime, lang: Lang) -> GivenView:
    labels = [
        f"{_type(kind, lang)} · {label_of(kind, path, lang)}"
        for kind, paths in consent.fields.items()
        for path in paths
    ]
    return GivenView(
        ref=consent.ref,
        scope=consent.scope,  # type: ignore[arg-type]  # the table's words are the view's
        labels=tuple(labels),
        standing=consent.standing(now),
        times=consent.times,
        used=consent.used,
        given_at=consent.given_at,
        ends_at=consent.ends_at,
        withdrawn_at=consent.withdrawn_at,
    )


def _not_given(items: Iterable[Item], lang: Lang) -> tuple[str, ...]:
    """The other fields of the certificates asked for; photo and face, unless they are wanted."""
    wanted = {(item.cert_type, item.path) for item in items}
    types = dict.fromkeys(kind for kind, _ in wanted)
    others = [
        field.label_zh if lang == "zh" else field.label_en
        for code in types
        for field in (catalogue()[code].fields if code in catalogue() else ())
        if (code, field.name) not in wanted
    ]
    shown = {label_of(kind, path, lang) for kind, path in wanted}
    scopes = {item.scope for item in items}
    others += [_PHOTO[lang]] * ("photo" not in scopes) + [_FACE[lang]] * ("face" not in scopes)
    return tuple(label for label in dict.fromkeys(others) if label not in shown)


def label_of(cert_type: str, path: str, lang: Lang) -> str:
    """What a field or a question is called; a path the catalogue lacks stands for itself."""
    if path.startswith(QUESTION):
        return _QUESTIONS[path.removeprefix(QUESTION)][lang]
    kind = catalogue().get(cert_type)
    field = kind.field(path) if kind else None
    if field is not None:
        return field.label_zh if lang == "zh" else field.label_en
    return {"photo": _PHOTO[lang], "face": _FACE[lang]}.get(path, path)


def _type(code: str, lang: Lang) -> str:
    kind = catalogue().get(code)
    if kind is None:
        return code
    return kind.title_zh if lang == "zh" else kind.title_en


def _agency(terms: Terms, lang: Lang) -> str:
    return terms.agency if lang == "zh" else terms.agency_en


def _matter(terms: Terms, lang: Lang) -> str:
    return terms.title_zh if lang == "zh" else terms.title_en
